using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A file of certificates that sign those of servers.</summary>
public static class CertificateFile
{
    /// <summary>Reads one.</summary>
    /// <param name="path">Its full path.</param>
    /// <returns>Its text, which holds at least one certificate in PEM form.</returns>
    /// <exception cref="StoreUnavailableException">It cannot be read, or holds none.</exception>
    public static string Read(string path)
    {
        try
        {
            string pem = File.ReadAllText(path);
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPem(pem);
            foreach (X509Certificate2 certificate in certificates)
            {
                certificate.Dispose();
            }

            return certificates.Count > 0 ? pem : throw Unusable(path, "it holds no certificate in PEM form");
        }
        catch (CryptographicException error)
        {
            throw Unusable(path, "what it holds between BEGIN and END is no certificate", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, $"it cannot be read ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static StoreUnavailableException Unusable(string path, string cause, Exception? inner = null) => new(
        $"whose CA is in {path}", cause, "Give a file with lines of -----BEGIN CERTIFICATE-----; `openssl x509 -inform der -in FILE` makes one of a certificate in DER form.", inner);
}
