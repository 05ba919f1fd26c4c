using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery.NewHosts;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery.NewHosts;

public sealed class StateInZipTests
{
    private const string State = """{"currentState":{"rkeConfig":{"systemImages":{"etcd":"rancher/etcd:1"}},"certificatesBundle":{"kube-ca":{"certificatePEM":"ca","keyPEM":"key"}}}}""";

    [Fact]
    public void State_is_read_from_the_zip_and_from_its_end_alone()
    {
        byte[] zip = Pack(("/backup/good", RandomNumberGenerator.GetBytes(100_000)), ("/etc/kubernetes/good.rkestate", Encoding.UTF8.GetBytes(State)));

        Assert.Equal("rancher/etcd:1", StateInZip.Read("here", new MemoryStream(zip))!.SystemImages["etcd"]);
        RkeState ofEnd = StateInZip.Read("s3://b/good.zip", new FileEnd(zip.Length, zip[^5000..]))!;
        Assert.Equal(("s3://b/good.zip", "rancher/etcd:1"), (ofEnd.Source, ofEnd.SystemImages["etcd"]));
        Assert.Null(StateInZip.Read("here", new FileEnd(zip.Length, zip[^200..])));
    }

    [Fact]
    public void Zip_without_a_state_and_what_is_no_zip_have_none()
    {
        Assert.Null(StateInZip.Read("here", new MemoryStream(Pack(("/backup/good", [1, 2, 3])))));
        Assert.Null(StateInZip.Read("here", new MemoryStream([1, 2, 3])));
        Assert.Throws<StateFileInvalidException>(() => StateInZip.Read("here", new MemoryStream(Pack(("/etc/kubernetes/good.rkestate", [1, 2, 3])))));
    }

    private static byte[] Pack(params (string Name, byte[] Content)[] members)
    {
        using MemoryStream bytes = new();
        using (ZipArchive archive = new(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
