using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>A certificate and the key that lies with it.</summary>
internal static class CertificatePair
{
    private const string AnyUse = "2.5.29.37.0";

    /// <summary>What is wrong with a pair, to be read after the certificate's name; null when nothing is.</summary>
    /// <param name="name">The certificate's name.</param>
    /// <param name="pem">The certificate; null when there is none.</param>
    /// <param name="key">Its key, which is compared here and nowhere else; null when there is none.</param>
    /// <param name="hosts">The names and addresses that it must be for.</param>
    /// <param name="authority">Who must have signed it; null when that is not known.</param>
    /// <param name="now">The time by the clock of its host, in UTC.</param>
    public static string? FindProblem(string name, string? pem, Secret? key, IReadOnlyList<string> hosts, CertificateAuthority? authority, DateTime now)
    {
        if (EtcdCertificate.Read(name, pem, hosts, now).Problem is { } problem)
        {
            return problem;
        }

        if (key is null)
        {
            return "is there without its key";
        }

        try
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
            return authority?.HasSigned(certificate) == false ? "is of another authority"
                : !CertificateAuthority.Matches(key, certificate) ? "is there with the key of another one"
                : hosts.Count == 0 || IsForBoth(certificate) ? null : "is not for servers and clients both";
        }
        catch (Exception error) when (error is CryptographicException or CertificateAuthorityInvalidException)
        {
            return "is there with a key that cannot be read";
        }
    }

    // Members show the same one to those who come and to those whom they go to.
    private static bool IsForBoth(X509Certificate2 certificate)
    {
        string?[] uses = [.. certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>()).Select(use => use.Value)];
        return uses.Length == 0 || uses.Contains(AnyUse) || (uses.Contains(CertificateSubject.ServerUse) && uses.Contains(CertificateSubject.ClientUse));
    }
}
