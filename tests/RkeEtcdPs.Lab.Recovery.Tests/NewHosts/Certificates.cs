using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>Certificates that are not as they should be.</summary>
internal static class Certificates
{
    /// <summary>The certificate of an authority of that key.</summary>
    public static X509Certificate2 MakeAuthority(RSA key)
    {
        CertificateRequest request = new("CN=kube-ca", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9));
    }

    /// <summary>Has the authority of a host sign one for an address, and puts it with its key into a folder.</summary>
    /// <param name="authority">The folder of the authority.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The name of its files.</param>
    /// <param name="address">Whom it is for.</param>
    /// <param name="days">When it expires, from now.</param>
    public static void Sign(string authority, string folder, string name, string address, int days)
    {
        using X509Certificate2 signer = X509Certificate2.CreateFromPemFile($"{authority}/kube-ca.pem", $"{authority}/kube-ca-key.pem");
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 signed = request.Create(
            signer.SubjectName, X509SignatureGenerator.CreateForRSA(signer.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1), DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(days), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText($"{folder}/{name}.pem", signed.ExportCertificatePem());
        File.WriteAllText($"{folder}/{name}-key.pem", key.ExportRSAPrivateKeyPem());
    }
}
