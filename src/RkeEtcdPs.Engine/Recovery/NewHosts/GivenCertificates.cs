using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Certificates that were given in a folder, by RKE's names: those of a cluster whose authority is elsewhere (<c>rke up --custom-certs</c>).</summary>
internal static class GivenCertificates
{
    /// <summary>The text of a file; null when there is none.</summary>
    /// <exception cref="CertificateAuthorityInvalidException">It cannot be read.</exception>
    public static async Task<string?> ReadAsync(string folder, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(folder, name), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CertificateAuthorityInvalidException(Path.Combine(folder, name), "it cannot be read");
        }
    }

    /// <summary>A certificate with its key that is good for some names.</summary>
    /// <param name="folder">The folder; null when none was given.</param>
    /// <param name="wanted">The names of the files.</param>
    /// <param name="hosts">The names and addresses that it must be for.</param>
    /// <param name="authority">Who must have signed it.</param>
    /// <param name="now">The time by the clock of its host, in UTC.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>It; or what is wrong with what was given, to be read after its name. Neither when none was given.</returns>
    public static async Task<(IssuedCertificate? Good, string? Problem)> FindAsync(
        string? folder, NewCertificate wanted, IReadOnlyList<string> hosts, CertificateAuthority authority, DateTime now, CancellationToken cancellationToken)
    {
        if (folder is null || wanted.KeyFile is null || await ReadAsync(folder, wanted.CertificateFile, cancellationToken).ConfigureAwait(false) is not { } pem)
        {
            return default;
        }

        Secret? key = await ReadAsync(folder, wanted.KeyFile, cancellationToken).ConfigureAwait(false) is { } text ? new Secret(text) : null;
        return CertificatePair.FindProblem(wanted.CertificateFile, pem, key, hosts, authority, now) is { } problem ? (null, problem) : (new IssuedCertificate(CertificateText.Only(pem), key!), null);
    }
}
