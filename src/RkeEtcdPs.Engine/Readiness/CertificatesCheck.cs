using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Whether the certificates of a host's etcd are valid, and for how long, and whether their keys are there.</summary>
internal static class CertificatesCheck
{
    private const string Renew = "Renew the certificates of the cluster (`rke cert rotate`).";

    public static async Task RunAsync(DockerEngine engine, EtcdDeployment etcd, DateTime now, TimeSpan least, NodeFindings findings, CancellationToken cancellationToken)
    {
        List<EtcdCertificate> good = [];
        foreach (string path in etcd.Certificates)
        {
            EtcdCertificate certificate = await EtcdCertificate.ReadAsync(engine, etcd.Id, path, etcd.HostsOf(path), now, cancellationToken).ConfigureAwait(false);
            if (certificate.Problem is { } problem)
            {
                findings.Fail(NodeCheckPoint.Certificates, $"{path} {problem}.", Renew, "RestoreNotSafe");
            }
            else if (certificate.ExpiresAt - now < least)
            {
                findings.Warn(NodeCheckPoint.Certificates, FormattableString.Invariant($"{path} expires at {certificate.ExpiresAt:yyyy-MM-dd HH:mm}Z."), Renew);
            }
            else
            {
                good.Add(certificate);
            }
        }

        bool complete = true;
        foreach (string path in etcd.Keys)
        {
            // Private keys are not read.
            if (!await ContainerFile.ExistsAsync(engine, etcd.Id, path, cancellationToken).ConfigureAwait(false))
            {
                complete = false;
                findings.Fail(NodeCheckPoint.Certificates, $"{path}, the key of a certificate, is not there.", Renew, "RestoreNotSafe");
            }
        }

        if (etcd.Certificates.Count == 0)
        {
            findings.Note(NodeCheckPoint.Certificates, "Its etcd uses none.");
        }
        else if (complete && good.Count == etcd.Certificates.Count)
        {
            findings.Good(NodeCheckPoint.Certificates, FormattableString.Invariant($"All {good.Count} are valid until {good.Min(certificate => certificate.ExpiresAt):yyyy-MM-dd} at least."));
        }
    }
}
