using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at the certificates that a host's etcd uses: only the public ones are read.</summary>
internal static class CertificateCheck
{
    /// <summary>What is wrong with them.</summary>
    public static async Task<IReadOnlyList<RestoreFinding>> RunAsync(RestoreHost host, RestoreSession session, CancellationToken cancellationToken)
    {
        if (host.Etcd is { } etcd)
        {
            return await RunAsync(host, etcd.Id, etcd, path => path, cancellationToken).ConfigureAwait(false);
        }

        // Its container will be made after that of another host, so it will need the same files by its own names.
        if (host.Template is not { } template || session.Members.FirstOrDefault(other => other.Etcd == template) is not { } from)
        {
            return [];
        }

        HelperContainerSpec spec = new()
        {
            Name = RestoreScript.CertificateContainer,
            Image = host.ToolsImageId,
            Entrypoint = ["sh"],
            Mounts = [.. template.ReadableMounts],
            Leased = true,
            // The host is ours, so it is left of one who has lost it.
            TakesOverLeased = true,
        };
        await using HelperContainer viewer = await HelperContainer.CreateAsync(host.Engine, spec, session.Request.Operation, cancellationToken).ConfigureAwait(false);
        return await RunAsync(host, viewer.Id, template, path => EtcdRecreation.AdaptTo(host.Node, from.Node, path), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<RestoreFinding>> RunAsync(
        RestoreHost host, string container, EtcdDeployment etcd, Func<string, string> adapt, CancellationToken cancellationToken)
    {
        (string Path, string? Problem)[] looked =
        [
            .. await Task.WhenAll(etcd.Certificates.Select(async path => (adapt(path), await LookAsync(host, container, adapt(path), etcd.HostsOf(path, host.PeerUrls), cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false),
            // Private keys are not read.
            .. await Task.WhenAll(etcd.Keys.Select(async path => (adapt(path), await ContainerFile.ExistsAsync(host.Engine, container, adapt(path), cancellationToken).ConfigureAwait(false) ? null : "is not there"))).ConfigureAwait(false),
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

    private static async Task<string?> LookAsync(RestoreHost host, string container, string path, IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        // As etcd will see it: by the host's clock.
        EtcdCertificate certificate = await EtcdCertificate.ReadAsync(host.Engine, container, path, hosts, host.Look.Now.UtcDateTime, cancellationToken).ConfigureAwait(false);
        return certificate.Problem;
    }
}
