namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at the certificates that a host's etcd uses: only the public ones are read.</summary>
internal static class CertificateCheck
{
    /// <summary>What is wrong with those of a container that is there.</summary>
    public static async Task<IReadOnlyList<RestoreFinding>> RunAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (host.Etcd is not { } etcd)
        {
            return [];
        }

        (string Path, string? Problem)[] looked =
        [
            .. await Task.WhenAll(etcd.Certificates.Select(async path => (path, await LookAsync(host, etcd, path, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false),
            // Private keys are not read.
            .. await Task.WhenAll(etcd.Keys.Select(async path => (path, await Docker.ContainerFile.ExistsAsync(host.Engine, etcd.Id, path, cancellationToken).ConfigureAwait(false) ? null : "is not there"))).ConfigureAwait(false),
        ];
        return
        [
            .. looked.Where(one => one.Problem is not null).Select(one => new RestoreFinding(
                host.Node.Name,
                RestoreFindingSeverity.Error,
                "RestoreNotSafe",
                $"The certificate {one.Path} {one.Problem}.",
                "Renew the certificates of the cluster (`rke cert rotate`); etcd could not form a cluster with these.")),
        ];
    }

    private static async Task<string?> LookAsync(RestoreHost host, EtcdDeployment etcd, string path, CancellationToken cancellationToken)
    {
        // As etcd will see it: by the host's clock.
        EtcdCertificate certificate = await EtcdCertificate.ReadAsync(host.Engine, etcd.Id, path, etcd.HostsOf(path, host.PeerUrls), host.Look.Now.UtcDateTime, cancellationToken).ConfigureAwait(false);
        return certificate.Problem;
    }
}
