using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at the certificates that a host's etcd uses: only the public ones are read.</summary>
internal static class CertificateCheck
{
    private const int LargestFile = 1024 * 1024;

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
            string? problem = await LookAsync(host, etcd, path, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
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

    private static async Task<string?> LookAsync(RestoreHost host, EtcdDeployment etcd, string path, CancellationToken cancellationToken)
    {
        string? pem = await ReadAsync(host, etcd, path, cancellationToken).ConfigureAwait(false);
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

        return path != etcd.PeerCertificate || Covers(pem, etcd) ? null : $"is not for {string.Join(", ", PeerHosts(etcd))}";
    }

    private static bool Covers(string pem, EtcdDeployment etcd)
    {
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
        return PeerHosts(etcd).All(host => certificate.MatchesHostname(host, allowWildcards: true, allowCommonName: false));
    }

    private static IEnumerable<string> PeerHosts(EtcdDeployment etcd)
        => etcd.PeerUrls.Split(',').Select(url => Uri.TryCreate(url, UriKind.Absolute, out Uri? peer) ? peer.DnsSafeHost : null).OfType<string>();

    private static async Task<string?> ReadAsync(RestoreHost host, EtcdDeployment etcd, string path, CancellationToken cancellationToken)
    {
        try
        {
            ContainerArchiveResponse archive = await host.Engine.StreamAsync(
                (docker, token) => docker.Containers.GetArchiveFromContainerAsync(etcd.Id, new ContainerPathStatParameters { Path = path }, statOnly: false, token), cancellationToken).ConfigureAwait(false);
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
