using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Recovery.NewHosts;
using RkeEtcdPs.Engine.Tests.Certificates;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery.NewHosts;

public sealed class GivenCertificatesTests : IDisposable
{
    private static readonly NewCertificate Wanted = new("kube-etcd-10-0-0-1.pem", "kube-etcd-10-0-0-1-key.pem", "is not there");

    private readonly string _folder = Directory.CreateTempSubdirectory("etcdsnapshot-test-").FullName;
    private readonly CertificateAuthority _authority = MakeAuthority();

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Good_one_is_taken_and_nothing_else_of_its_file()
    {
        IssuedCertificate issued = Issue(_authority, "10.0.0.1");
        Write(issued.Key.Reveal() + issued.Certificate, issued.Key.Reveal());

        (IssuedCertificate? good, string? problem) = await FindAsync();

        Assert.Null(problem);
        Assert.Equal((issued.Certificate, issued.Key), (good!.Certificate, good.Key));
    }

    [Fact]
    public async Task One_that_is_not_good_is_said_to_be_so()
    {
        IssuedCertificate issued = Issue(_authority, "10.0.0.1");
        using CertificateAuthority another = MakeAuthority();
        IssuedCertificate strange = Issue(another, "10.0.0.1");

        Assert.Equal((null, null), await FindAsync());
        Write(issued.Certificate, null);
        Assert.Equal((null, "is there without its key"), await FindAsync());
        Write(issued.Certificate, strange.Key.Reveal());
        Assert.Equal((null, "is there with the key of another one"), await FindAsync());
        Write(issued.Certificate, "secret-marker");
        Assert.Equal((null, "is there with a key that cannot be read"), await FindAsync());
        Write(strange.Certificate, strange.Key.Reveal());
        Assert.Equal((null, "is of another authority"), await FindAsync());
        using (RSA half = RSA.Create())
        {
            half.ImportFromPem(issued.Key.Reveal());
            Write(issued.Certificate, half.ExportSubjectPublicKeyInfoPem());
        }

        Assert.Equal((null, "is there with a key that cannot be read"), await FindAsync());
        Write("nothing", issued.Key.Reveal());
        Assert.Equal((null, "is not a certificate"), await FindAsync());
        Write(issued.Certificate, issued.Key.Reveal());
        Assert.StartsWith("expired at", (await FindAsync(DateTime.UtcNow.AddYears(11))).Problem, StringComparison.Ordinal);
        IssuedCertificate elsewhere = Issue(_authority, "10.0.0.9");
        Write(elsewhere.Certificate, elsewhere.Key.Reveal());
        Assert.Equal((null, "is not for 10.0.0.1"), await FindAsync());
    }

    [Fact]
    public async Task One_that_members_could_not_show_to_each_other_is_said_to_be_so()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 signer = CertificateAuthorityTests.SelfSigned("CN=kube-ca", key);
        using CertificateAuthority authority = CertificateAuthority.Open("here", signer.ExportCertificatePem(), new Secret(key.ExportRSAPrivateKeyPem()), DateTime.UtcNow);
        using RSA own = RSA.Create(2048);
        CertificateRequest request = new("CN=kube-etcd", own, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Parse("10.0.0.1"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 server = request.Create(signer.SubjectName, X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1), signer.NotBefore, signer.NotAfter, [2]);
        Write(server.ExportCertificatePem(), own.ExportRSAPrivateKeyPem());

        Assert.Equal("is not for servers and clients both", (await FindAsync(authority: authority)).Problem);
    }

    [Fact]
    public async Task Folder_that_is_not_there_is_refused_before_anything()
    {
        RkeCluster cluster = ClusterFile.Parse("nodes: [{address: 192.0.2.1, role: [etcd], user: rke}]");
        RestoreRequest request = new() { Name = "nightly", CertificateDirectory = Path.Combine(_folder, "typo") };

        CertificateAuthorityInvalidException refusal = await Assert.ThrowsAsync<CertificateAuthorityInvalidException>(
            () => new SnapshotRestore(new Engine.Hosts.HostOptions(), new Progress<Engine.Hosts.HostEvent>()).PlanAsync(cluster, request));

        Assert.Contains("there is no such folder", refusal.Message);
    }

    private Task<(IssuedCertificate? Good, string? Problem)> FindAsync(DateTime? now = null, CertificateAuthority? authority = null)
        => GivenCertificates.FindAsync(_folder, Wanted, ["10.0.0.1"], authority ?? _authority, now ?? DateTime.UtcNow, default);

    private void Write(string certificate, string? key)
    {
        File.WriteAllText(Path.Combine(_folder, Wanted.CertificateFile), certificate);
        string path = Path.Combine(_folder, Wanted.KeyFile!);
        File.Delete(path);
        if (key is not null)
        {
            File.WriteAllText(path, key);
        }
    }

    private static IssuedCertificate Issue(CertificateAuthority authority, string address) => authority.Issue(new CertificateSubject("kube-etcd", null, [address]));

    private static CertificateAuthority MakeAuthority()
    {
        (string pem, Secret key) = CertificateAuthorityTests.MakeAuthority(RSA.Create(2048));
        return CertificateAuthority.Open("here", pem, key, DateTime.UtcNow);
    }
}
