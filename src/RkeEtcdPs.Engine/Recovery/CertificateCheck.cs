using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at the certificates that a host's etcd uses: only the public ones are read.</summary>
internal static class CertificateCheck
{
    private const int LargestFile = 1024 * 1024;

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
        };
        await using HelperContainer viewer = await HelperContainer.CreateAsync(host.Engine, spec, session.Request.Operation, cancellationToken).ConfigureAwait(false);
        return await RunAsync(host, viewer.Id, template, path => EtcdRecreation.AdaptTo(host.Node, from.Node, path), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<RestoreFinding>> RunAsync(
        RestoreHost host, string container, EtcdDeployment etcd, Func<string, string> adapt, CancellationToken cancellationToken)
    {
        (string Path, string? Problem)[] looked =
        [
            .. await Task.WhenAll(etcd.Certificates.Select(async path => (adapt(path), await LookAsync(host, container, adapt(path), path == etcd.PeerCertificate, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false),
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

    private static async Task<string?> LookAsync(RestoreHost host, string container, string path, bool ofPeer, CancellationToken cancellationToken)
    {
        string? pem = await ReadAsync(host, container, path, cancellationToken).ConfigureAwait(false);
        if (pem is null)
        {
            return "is not there";
        }

        X509Certificate2Collection chain = [];
        try
        {
            chain.ImportFromPem(pem);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // Reported as none.
        }

        if (chain.Count == 0)
        {
            return "is not a certificate";
        }

        // As etcd will see it: by the host's clock.
        DateTime now = host.Look.Now.UtcDateTime;
        foreach (X509Certificate2 certificate in chain)
        {
            using (certificate)
            {
                if (certificate.NotAfter.ToUniversalTime() <= now)
                {
                    return FormattableString.Invariant($"expired at {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z");
                }

                if (certificate.NotBefore.ToUniversalTime() > now)
                {
                    return FormattableString.Invariant($"is valid only from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z, and the host's clock says {now:yyyy-MM-dd HH:mm:ss}Z");
                }
            }
        }

        return !ofPeer || Covers(pem, host) ? null : $"is not for {string.Join(", ", PeerHosts(host))}";
    }

    private static bool Covers(string pem, RestoreHost host)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
        return PeerHosts(host).All(name => certificate.MatchesHostname(name, allowWildcards: true, allowCommonName: false));
    }

    private static IEnumerable<string> PeerHosts(RestoreHost host)
        => host.PeerUrls.Split(',').Select(url => Uri.TryCreate(url, UriKind.Absolute, out Uri? peer) ? peer.DnsSafeHost : null).OfType<string>();

    private static async Task<string?> ReadAsync(RestoreHost host, string container, string path, CancellationToken cancellationToken)
    {
        try
        {
            ContainerArchiveResponse archive = await host.Engine.StreamAsync(
                (docker, token) => docker.Containers.GetArchiveFromContainerAsync(container, new ContainerPathStatParameters { Path = path }, statOnly: false, token), cancellationToken).ConfigureAwait(false);
            if (archive.Stream is not { } stream)
            {
                return null;
            }

            await using ConfiguredAsyncDisposable closing = stream.ConfigureAwait(false);
            using TarReader tar = new(stream);
            TarEntry? entry = await tar.GetNextEntryAsync(copyData: true, cancellationToken).ConfigureAwait(false);
            if (entry?.DataStream is not { Length: <= LargestFile } data)
            {
                return null;
            }

            using StreamReader reader = new(data);
            return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Hosts.DockerUnavailableException error) when (error.Answered)
        {
            return null;
        }
    }
}
