using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    /// <summary>A certificate with its key that is good for some names; null when there is none.</summary>
    /// <param name="folder">The folder; null when none was given.</param>
    /// <param name="wanted">The names of the files.</param>
    /// <param name="hosts">The names and addresses that it must be for.</param>
    /// <param name="authority">Who must have signed it.</param>
    /// <param name="now">The time by the clock of its host, in UTC.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IssuedCertificate?> FindAsync(
        string? folder, NewCertificate wanted, IReadOnlyList<string> hosts, CertificateAuthority authority, DateTime now, CancellationToken cancellationToken)
    {
        if (folder is null || wanted.KeyFile is null
            || await ReadAsync(folder, wanted.CertificateFile, cancellationToken).ConfigureAwait(false) is not { } pem
            || await ReadAsync(folder, wanted.KeyFile, cancellationToken).ConfigureAwait(false) is not { } key)
        {
            return null;
        }

        if (EtcdCertificate.Read(wanted.CertificateFile, pem, hosts, now).Problem is not null)
        {
            return null;
        }

        try
        {
            Secret secret = new(key);
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
            return authority.HasSigned(certificate) && CertificateAuthority.Matches(secret, certificate) ? new IssuedCertificate(pem, secret) : null;
        }
        catch (Exception error) when (error is CryptographicException or CertificateAuthorityInvalidException)
        {
            return null;
        }
    }
}
