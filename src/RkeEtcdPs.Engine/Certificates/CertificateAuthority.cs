using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Certificates;

/// <summary>The certificate authority of a cluster, with its key where that was found. Both are in memory only.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const int RsaBits = 2048;

    // As RKE: ten years of 365 days.
    private static readonly TimeSpan Validity = TimeSpan.FromDays(3650);

    private readonly X509Certificate2 _certificate;
    private readonly AsymmetricAlgorithm? _key;

    private CertificateAuthority(string source, string pem, X509Certificate2 certificate, AsymmetricAlgorithm? key)
    {
        Source = source;
        Pem = pem;
        _certificate = certificate;
        _key = key;
    }

    /// <summary>Where it was found, in words.</summary>
    public string Source { get; }

    /// <summary>Its certificate, and the chain that came with it; nothing else that was in the file.</summary>
    public string Pem { get; }

    /// <summary>The SHA-256 of its certificate, in hexadecimal.</summary>
    public string Thumbprint => _certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>Whether it can issue certificates.</summary>
    public bool HasKey => _key is not null;

    /// <param name="source">Where it was found, in words.</param>
    /// <param name="pem">Its certificate.</param>
    /// <param name="key">Its key; null when there is none.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <exception cref="CertificateAuthorityInvalidException">It is no authority, has expired, or the key is another's.</exception>
    public static CertificateAuthority Open(string source, string pem, Secret? key, DateTime now)
    {
        X509Certificate2? certificate = null;
        AsymmetricAlgorithm? opened = null;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
            Check(source, certificate, now);
            opened = key is null ? null : OpenKey(source, key);
            if (opened is not null && !Matches(opened, certificate))
            {
                throw new CertificateAuthorityInvalidException(source, "its key does not belong to its certificate");
            }

            return new CertificateAuthority(source, CertificateText.Only(pem), certificate, opened);
        }
        catch (Exception error)
        {
            certificate?.Dispose();
            opened?.Dispose();
            throw error is CryptographicException ? new CertificateAuthorityInvalidException(source, "its certificate cannot be read") : error;
        }
    }

    /// <summary>Whether another certificate is that of this authority.</summary>
    public bool IsSame(string pem)
    {
        try
        {
            using X509Certificate2 other = X509Certificate2.CreateFromPem(pem);
            // By its name as well: that is how a certificate is brought together with the one that has signed it.
            return HasKeyOf(other) && other.SubjectName.RawData.AsSpan().SequenceEqual(_certificate.SubjectName.RawData);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Whether it has signed a certificate.</summary>
    public bool HasSigned(X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_certificate);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // An authority that another one has signed (`rke up --custom-certs`) ends no chain, and its root need not be known: what counts is that the chain
        // goes over this one's key. Validity is of another matter, by the clock of the host that it is for.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate) && chain.ChainElements is [_, { Certificate: var issuer }, ..] && HasKeyOf(issuer);
    }

    /// <summary>Whether a key, as PEM, is that of a certificate.</summary>
    public static bool Matches(Secret key, X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm opened = OpenKey("it", key);
        return Matches(opened, certificate);
    }

    /// <summary>Makes a key of the same type as its own, and the certificate for it.</summary>
    public IssuedCertificate Issue(CertificateSubject subject)
    {
        using AsymmetricAlgorithm key = _key is ECDsa curve ? ECDsa.Create(curve.ExportParameters(includePrivateParameters: false).Curve) : RSA.Create(RsaBits);
        CertificateRequest request = subject.ToRequest(key);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, HasKeyIdentifier, !HasKeyIdentifier));
        X509SignatureGenerator generator = _key is ECDsa ec ? X509SignatureGenerator.CreateForECDsa(ec) : X509SignatureGenerator.CreateForRSA((RSA)_key!, RSASignaturePadding.Pkcs1);
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        // Positive, and not zero.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        // From when the authority is: clocks differ.
        using X509Certificate2 issued = request.Create(_certificate.SubjectName, generator, _certificate.NotBefore, DateTimeOffset.UtcNow + Validity, serial);
        string pem = key is RSA rsa ? rsa.ExportRSAPrivateKeyPem() : ((ECDsa)key).ExportECPrivateKeyPem();
        return new IssuedCertificate(issued.ExportCertificatePem() + "\n", new Secret(pem + "\n"));
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key?.Dispose();
    }

    private bool HasKeyOf(X509Certificate2 other) => other.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(_certificate.PublicKey.ExportSubjectPublicKeyInfo());

    private bool HasKeyIdentifier => _certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any();

    private static void Check(string source, X509Certificate2 certificate, DateTime now)
    {
        if (certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
        {
            throw new CertificateAuthorityInvalidException(source, "its certificate is not that of an authority");
        }

        if (certificate.NotAfter.ToUniversalTime() <= now)
        {
            throw new CertificateAuthorityInvalidException(source, FormattableString.Invariant($"it expired at {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z"));
        }

        if (certificate.NotBefore.ToUniversalTime() > now)
        {
            throw new CertificateAuthorityInvalidException(
                source, FormattableString.Invariant($"it is valid only from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z, and the clock says {now:yyyy-MM-dd HH:mm:ss}Z"));
        }

        if (certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage && !usage.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
        {
            throw new CertificateAuthorityInvalidException(source, "its certificate may not sign others");
        }
    }

    private static AsymmetricAlgorithm OpenKey(string source, Secret key)
    {
        foreach (Func<AsymmetricAlgorithm> create in (Func<AsymmetricAlgorithm>[])[RSA.Create, ECDsa.Create])
        {
            AsymmetricAlgorithm algorithm = create();
            try
            {
                algorithm.ImportFromPem(key.Reveal());
                ProvePrivate(algorithm);
                return algorithm;
            }
            catch (Exception error) when (error is CryptographicException or ArgumentException)
            {
                algorithm.Dispose();
            }
        }

        throw new CertificateAuthorityInvalidException(source, "its key cannot be read");
    }

    // The public half of a key is read as well as the whole, and belongs to the certificate as well.
    private static void ProvePrivate(AsymmetricAlgorithm key)
    {
        byte[] hash = new byte[SHA256.HashSizeInBytes];
        _ = key is RSA rsa ? rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : ((ECDsa)key).SignHash(hash);
    }

    private static bool Matches(AsymmetricAlgorithm key, X509Certificate2 certificate)
        => key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(certificate.PublicKey.ExportSubjectPublicKeyInfo());
}
