using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Certificates;

public sealed class CertificateAuthorityTests
{
    private static readonly RkeCluster Cluster = ClusterFile.Parse(
        """
        cluster_name: c
        nodes:
        - {address: 192.0.2.1, internal_address: 10.0.0.1, hostname_override: control, role: [controlplane], user: rke}
        - {address: 192.0.2.2, internal_address: 10.0.0.2, hostname_override: etcd, role: [etcd], user: rke}
        - {address: 192.0.2.3, hostname_override: worker, role: [worker], user: rke}
        services:
          kube-api: {service_cluster_ip_range: 172.20.0.0/16}
          kubelet: {cluster_domain: example.internal}
        """);

    [Theory]
    [InlineData("cluster.internal", null)]
    [InlineData("a..b", "kubernetes.default.svc.a..b")]
    public void Name_that_no_certificate_can_be_for_is_found(string domain, string? unusable)
        => Assert.Equal(unusable, CertificateSubject.Etcd(Cluster with { ClusterDomain = domain }).Unusable);

    [Fact]
    public void Member_certificate_is_as_that_of_RKE()
    {
        (string pem, Secret key) = MakeAuthority(RSA.Create(2048));
        using CertificateAuthority authority = CertificateAuthority.Open("here", pem, key, DateTime.UtcNow);

        IssuedCertificate issued = authority.Issue(CertificateSubject.Etcd(Cluster));

        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(issued.Certificate, issued.Key.Reveal());
        Assert.StartsWith("-----BEGIN RSA PRIVATE KEY-----", issued.Key.Reveal(), StringComparison.Ordinal);
        Assert.Equal(2048, certificate.GetRSAPrivateKey()!.KeySize);
        Assert.Equal(("CN=kube-etcd", "CN=kube-ca"), (certificate.Subject, certificate.Issuer));
        Assert.InRange(certificate.NotAfter.ToUniversalTime() - DateTime.UtcNow, TimeSpan.FromDays(3649), TimeSpan.FromDays(3651));
        X509SubjectAlternativeNameExtension names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(
            ["10.0.0.1", "10.0.0.2", "127.0.0.1", "172.20.0.1", "192.0.2.1", "192.0.2.2"],
            names.EnumerateIPAddresses().Select(address => address.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["control", "etcd", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.example.internal", "localhost"],
            names.EnumerateDnsNames().Order(StringComparer.Ordinal));
        Assert.Equal(
            ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(use => use.Value).Order(StringComparer.Ordinal));
        Assert.True(authority.HasSigned(certificate));
    }

    [Fact]
    public void Certificate_of_the_nodes_is_for_clients_alone_and_has_the_type_of_the_authoritys_key()
    {
        (string pem, Secret key) = MakeAuthority(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        using CertificateAuthority authority = CertificateAuthority.Open("here", pem, key, DateTime.UtcNow);

        IssuedCertificate issued = authority.Issue(CertificateSubject.Node);

        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(issued.Certificate, issued.Key.Reveal());
        Assert.NotNull(certificate.GetECDsaPrivateKey());
        Assert.Contains("CN=system:node", certificate.Subject);
        Assert.Contains("O=system:nodes", certificate.Subject);
        Assert.Equal(["1.3.6.1.5.5.7.3.2"], certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(use => use.Value));
        Assert.True(authority.HasSigned(certificate));
    }

    [Fact]
    public void Key_of_another_authority_an_expired_one_and_one_that_is_none_are_refused()
    {
        (string pem, Secret key) = MakeAuthority(RSA.Create(2048));
        (string other, Secret otherKey) = MakeAuthority(RSA.Create(2048));
        using CertificateAuthority authority = CertificateAuthority.Open("here", pem, key, DateTime.UtcNow);
        IssuedCertificate leaf = authority.Issue(CertificateSubject.Node);

        Assert.Contains("its key does not belong to its certificate", Refused(pem, otherKey, DateTime.UtcNow));
        Assert.Contains("expired", Refused(pem, key, DateTime.UtcNow.AddDays(30)));
        Assert.Contains("not that of an authority", Refused(leaf.Certificate, leaf.Key, DateTime.UtcNow));
        Assert.Contains("its key cannot be read", Refused(pem, new Secret("secret-marker"), DateTime.UtcNow));
        Assert.Contains("its certificate cannot be read", Refused("secret-marker", key, DateTime.UtcNow));
        Assert.False(authority.IsSame(other));
        using CertificateAuthority another = CertificateAuthority.Open("there", other, otherKey, DateTime.UtcNow);
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(leaf.Certificate);
        Assert.False(another.HasSigned(certificate));
    }

    [Fact]
    public void Authority_whose_certificates_etcd_would_not_take_is_refused()
    {
        using RSA key = RSA.Create(2048);
        Secret secret = new(key.ExportRSAPrivateKeyPem());
        using X509Certificate2 made = SelfSigned("CN=kube-ca", key);
        string pem = made.ExportCertificatePem();
        using X509Certificate2 renamed = SelfSigned("CN=another", key);
        CertificateRequest request = new("CN=kube-ca", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        using X509Certificate2 unfit = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20));
        using ECDsa curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (string curved, Secret _) = MakeAuthority(curve);
        using CertificateAuthority authority = CertificateAuthority.Open("here", pem, secret, DateTime.UtcNow);

        Assert.Contains("its key cannot be read", Refused(pem, new Secret(key.ExportSubjectPublicKeyInfoPem()), DateTime.UtcNow));
        Assert.Contains("its key cannot be read", Refused(pem, new Secret(key.ExportRSAPublicKeyPem()), DateTime.UtcNow));
        Assert.Contains("its key cannot be read", Refused(curved, new Secret(curve.ExportSubjectPublicKeyInfoPem()), DateTime.UtcNow));
        Assert.Contains("it is valid only from", Refused(pem, secret, DateTime.UtcNow.AddDays(-2)));
        Assert.Contains("may not sign", Refused(unfit.ExportCertificatePem(), secret, DateTime.UtcNow));
        Assert.True(authority.IsSame(pem));
        Assert.False(authority.IsSame(renamed.ExportCertificatePem()));
    }

    [Theory]
    [InlineData("10.43.0.0/16", "10.43.0.1")]
    [InlineData("10.43.0.5/16", "10.43.0.1")]
    [InlineData("10.43.255.255/32", "10.44.0.0")]
    [InlineData("10.100.99.0/20", "10.100.96.1")]
    [InlineData("10.96.0.0/12,fd00::/108", "10.96.0.1 fd00::1")]
    [InlineData("fd00::f:ffff/108", "fd00::1")]
    [InlineData("garbage,10.43.0.0/99", "")]
    public void Service_of_the_API_has_the_first_address_of_each_of_its_ranges(string ranges, string addresses)
        => Assert.Equal(addresses, string.Join(' ', CertificateSubject.FirstServices(ranges)));

    [Fact]
    public void Certificate_of_an_authority_that_another_one_has_signed_is_known_with_and_without_its_root()
    {
        using RSA rootKey = RSA.Create(2048);
        using X509Certificate2 root = SelfSigned("CN=company root", rootKey);
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=kube-ca", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 intermediate = request.Create(root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(9), [1]);
        string pem = intermediate.ExportCertificatePem();
        using CertificateAuthority authority = CertificateAuthority.Open("here", pem + "\n" + root.ExportCertificatePem(), new Secret(key.ExportRSAPrivateKeyPem()), DateTime.UtcNow);
        using CertificateAuthority alone = CertificateAuthority.Open("here", pem, null, DateTime.UtcNow);
        using X509Certificate2 leaf = X509Certificate2.CreateFromPem(authority.Issue(CertificateSubject.Node).Certificate);
        // Of an authority of the same name, as all of RKE's are.
        (string other, Secret otherKey) = MakeAuthority(RSA.Create(2048));
        using CertificateAuthority another = CertificateAuthority.Open("there", other, otherKey, DateTime.UtcNow);
        using X509Certificate2 strange = X509Certificate2.CreateFromPem(another.Issue(CertificateSubject.Node).Certificate);
        using CertificateAuthority above = CertificateAuthority.Open("above", root.ExportCertificatePem(), null, DateTime.UtcNow);

        Assert.True(authority.HasSigned(leaf));
        Assert.True(alone.HasSigned(leaf));
        Assert.False(authority.HasSigned(strange));
        Assert.False(alone.HasSigned(strange));
        Assert.True(another.HasSigned(strange));
        Assert.False(another.HasSigned(leaf));
        Assert.False(above.HasSigned(leaf));
        Assert.Equal(2, authority.Pem.Split("BEGIN CERTIFICATE").Length - 1);
    }

    [Fact]
    public void Key_that_lies_in_the_file_of_the_authority_is_not_passed_on_with_it()
    {
        (string pem, Secret key) = MakeAuthority(RSA.Create(2048));
        using CertificateAuthority authority = CertificateAuthority.Open("here", $"{key.Reveal()}\nsubject=kube-ca\n{pem}\n{key.Reveal()}\n", key, DateTime.UtcNow);

        Assert.DoesNotContain("KEY", authority.Pem);
        Assert.DoesNotContain("subject", authority.Pem);
        Assert.Equal(pem + "\n", authority.Pem);
    }

    private static string Refused(string pem, Secret? key, DateTime now)
    {
        string message = Assert.Throws<CertificateAuthorityInvalidException>(() => CertificateAuthority.Open("here", pem, key, now)).Message;
        Assert.DoesNotContain("secret-marker", message);
        return message;
    }

    internal static X509Certificate2 SelfSigned(string name, RSA key)
    {
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20));
    }

    internal static (string Pem, Secret Key) MakeAuthority(AsymmetricAlgorithm key)
    {
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest("CN=kube-ca", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=kube-ca", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20));
        return (certificate.ExportCertificatePem(), new Secret(key is RSA one ? one.ExportRSAPrivateKeyPem() : ((ECDsa)key).ExportECPrivateKeyPem()));
    }
}
