using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Certificates;

/// <summary>What was found as the cluster's certificate authority cannot issue certificates for it.</summary>
public sealed class CertificateAuthorityInvalidException : EtcdSnapshotException
{
    internal CertificateAuthorityInvalidException(string source, string cause)
        : base(
            FailureCategory.InvalidData,
            $"The certificate authority of {source} cannot be used: {cause}.",
            "Give the kube-ca.pem and kube-ca-key.pem of this cluster in a folder with -CertificateDirectory, or its cluster.rkestate with -StateFile. Nothing was changed.")
    {
    }
}
