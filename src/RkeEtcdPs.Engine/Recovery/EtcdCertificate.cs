using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A certificate that a host's etcd uses; only the public part is read.</summary>
/// <param name="Path">Its path inside the container.</param>
/// <param name="Problem">What is wrong with it, to be read after its path; null when nothing is.</param>
/// <param name="ExpiresAt">When the first of its chain expires, in UTC; null when that is not known.</param>
internal sealed record EtcdCertificate(string Path, string? Problem, DateTime? ExpiresAt)
{
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
        return Read(path, await ContainerFile.ReadTextAsync(engine, container, path, cancellationToken).ConfigureAwait(false), hosts, now);
    }

    /// <summary>Reads one from its text; null when there is none.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static EtcdCertificate Read(string path, string? pem, IReadOnlyList<string> hosts, DateTime now)
    {
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
}
