using System.Formats.Tar;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A certificate that a host's etcd uses; only the public part is read.</summary>
/// <param name="Path">Its path inside the container.</param>
/// <param name="Problem">What is wrong with it, to be read after its path; null when nothing is.</param>
/// <param name="ExpiresAt">When the first of its chain expires, in UTC; null when that is not known.</param>
internal sealed record EtcdCertificate(string Path, string? Problem, DateTime? ExpiresAt)
{
    private const int LargestFile = 1024 * 1024;

    /// <summary>Reads one.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="container">A container that sees it, running or not.</param>
    /// <param name="path">Its path inside the container.</param>
    /// <param name="hosts">The names and addresses that it must be for.</param>
    /// <param name="now">The time by the host's clock, in UTC.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<EtcdCertificate> ReadAsync(
        DockerEngine engine, string container, string path, IReadOnlyList<string> hosts, DateTime now, CancellationToken cancellationToken)
    {
        string? pem = await ReadFileAsync(engine, container, path, cancellationToken).ConfigureAwait(false);
        if (pem is null)
        {
            return new EtcdCertificate(path, "is not there", null);
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
            return new EtcdCertificate(path, "is not a certificate", null);
        }

        DateTime from = chain.Max(certificate => certificate.NotBefore.ToUniversalTime());
        DateTime until = chain.Min(certificate => certificate.NotAfter.ToUniversalTime());
        foreach (X509Certificate2 certificate in chain)
        {
            certificate.Dispose();
        }

        return new EtcdCertificate(path, FindProblem(hosts, pem, from, until, now), until);
    }

    private static string? FindProblem(IReadOnlyList<string> hosts, string pem, DateTime from, DateTime until, DateTime now)
    {
        if (until <= now)
        {
            return FormattableString.Invariant($"expired at {until:yyyy-MM-dd HH:mm:ss}Z");
        }

        if (from > now)
        {
            return FormattableString.Invariant($"is valid only from {from:yyyy-MM-dd HH:mm:ss}Z, and the host's clock says {now:yyyy-MM-dd HH:mm:ss}Z");
        }

        using X509Certificate2 first = X509Certificate2.CreateFromPem(pem);
        return hosts.All(host => first.MatchesHostname(host, allowWildcards: true, allowCommonName: false)) ? null : $"is not for {string.Join(", ", hosts)}";
    }

    private static async Task<string?> ReadFileAsync(DockerEngine engine, string container, string path, CancellationToken cancellationToken)
    {
        try
        {
            ContainerArchiveResponse archive = await engine.StreamAsync(
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
