using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Certificates;

/// <summary>Certificates are to be issued, and the cluster's certificate authority with its key is found nowhere.</summary>
public sealed class CertificateAuthorityMissingException : EtcdSnapshotException
{
    internal CertificateAuthorityMissingException(string needs, IReadOnlyList<string> places)
        : base(
            FailureCategory.ObjectNotFound,
            $"{needs} and the cluster's certificate authority with its key was not found: {string.Join("; ", places)}.",
            "Give kube-ca.pem and kube-ca-key.pem in a folder with -CertificateDirectory, or with -StateFile the cluster.rkestate that `rke up` wrote beside cluster.yml; a zip that RKE made of a snapshot has it too.")
    {
    }
}
