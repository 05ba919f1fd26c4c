using System.Security.Cryptography;
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
        Write("nothing", issued.Key.Reveal());
        Assert.Equal((null, "is not a certificate"), await FindAsync());
        Write(issued.Certificate, issued.Key.Reveal());
        Assert.StartsWith("expired at", (await FindAsync(DateTime.UtcNow.AddYears(11))).Problem, StringComparison.Ordinal);
        IssuedCertificate elsewhere = Issue(_authority, "10.0.0.9");
        Write(elsewhere.Certificate, elsewhere.Key.Reveal());
        Assert.Equal((null, "is not for 10.0.0.1"), await FindAsync());
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

    private Task<(IssuedCertificate? Good, string? Problem)> FindAsync(DateTime? now = null)
        => GivenCertificates.FindAsync(_folder, Wanted, ["10.0.0.1"], _authority, now ?? DateTime.UtcNow, default);

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
