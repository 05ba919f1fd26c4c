using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>Signs certificates as the CA of a cluster does. Keys are RSA, as RKE's are.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const int KeyBits = 2048;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);
    private readonly RSA _key = RSA.Create(KeyBits);
    private readonly X509Certificate2 _certificate;

    /// <summary>Makes the CA's own key and certificate.</summary>
    internal CertificateAuthority(string name)
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _certificate = request.CreateSelfSigned(Begin, Begin + Lifetime + TimeSpan.FromDays(1));
    }

    // An hour ago: clocks differ.
    private static DateTimeOffset Begin { get; } = DateTimeOffset.UtcNow.AddHours(-1);

    /// <summary>The CA's own certificate and key, as PEM.</summary>
    internal (string Certificate, string Key) Own => (_certificate.ExportCertificatePem() + "\n", _key.ExportRSAPrivateKeyPem() + "\n");

    /// <summary>Makes a key and signs its certificate, for servers and for clients.</summary>
    /// <param name="commonName">The subject's common name.</param>
    /// <param name="names">Host names and IP addresses.</param>
    /// <returns>Both as PEM.</returns>
    internal (string Certificate, string Key) Issue(string commonName, IEnumerable<string> names)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names.Distinct())
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.Create(_certificate, Begin, Begin + Lifetime, RandomNumberGenerator.GetBytes(16));
        return (certificate.ExportCertificatePem() + "\n", key.ExportRSAPrivateKeyPem() + "\n");
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
