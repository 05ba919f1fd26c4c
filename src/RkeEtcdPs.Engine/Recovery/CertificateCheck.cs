namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at the certificates that a host's etcd uses: only the public ones are read.</summary>
internal static class CertificateCheck
{
    /// <summary>What is wrong with them.</summary>
    public static async Task<IReadOnlyList<RestoreFinding>> RunAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (host.Etcd is not { } etcd)
        {
            return [];
        }

        List<RestoreFinding> findings = [];
        foreach (string path in etcd.Certificates)
        {
            // As etcd will see it: by the host's clock.
            EtcdCertificate certificate = await EtcdCertificate.ReadAsync(
                host.Engine, etcd.Id, path, etcd.HostsOf(path), host.Look.Now.UtcDateTime, cancellationToken).ConfigureAwait(false);
            if (certificate.Problem is { } problem)
            {
                findings.Add(new RestoreFinding(
                    host.Node.Name,
                    RestoreFindingSeverity.Error,
                    "RestoreNotSafe",
                    $"The certificate {path} {problem}.",
                    "Renew the certificates of the cluster (`rke cert rotate`); etcd could not form a cluster with these."));
            }
        }

        return findings;
    }
}
