using System.Text;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public sealed class ClusterFileReadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("clusterfile").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_gives_the_cluster_its_full_path()
    {
        string path = Write(Encoding.UTF8.GetBytes(ExampleCluster.Full));
        Assert.Equal(path, ClusterFile.Read(path).Path);
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), path);
        Assert.Equal(path, ClusterFile.Read(relative).Path);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void A_byte_order_mark_tells_the_encoding(string name)
    {
        Encoding encoding = Encoding.GetEncoding(name);
        string path = Write([.. encoding.GetPreamble(), .. encoding.GetBytes("cluster_name: Zürich\n" + ExampleCluster.Smallest)]);
        Assert.Equal("Zürich", ClusterFile.Read(path).Name);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_an_error_at_their_place()
    {
        ClusterConfigInvalidException error = AssertInvalid(Write([.. "a: b\nc: "u8, 0xE9, .. "\n"u8]));
        Assert.Equal(new ConfigurationMessage(2, 4, "the file is not UTF-8 text"), Assert.Single(error.Errors));
    }

    [Fact]
    public void A_missing_file_is_said_to_be_missing()
    {
        foreach (string path in (string[])[Path.Combine(_folder, "none.yml"), Path.Combine(_folder, "none", "cluster.yml")])
        {
            ClusterConfigInvalidException error = AssertInvalid(path);
            Assert.Equal($"{path} is not a usable cluster.yml: there is no such file", error.Message);
            Assert.StartsWith("Give the path", error.Advice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_is_said_to_be_a_folder() => Assert.Contains("it is a folder", AssertInvalid(_folder).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void A_path_that_cannot_be_one_is_an_error(string path) => AssertInvalid(path);

    [Fact]
    public void A_file_that_may_not_be_read_is_said_to_be_so()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            return;
        }
        string path = Write("a: b"u8.ToArray());
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Contains("may not read it", AssertInvalid(path).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_beyond_any_cluster_file_is_refused()
    {
        string path = Write(new byte[ClusterFile.MostBytes + 1]);
        Assert.Contains("larger than 16 MiB", AssertInvalid(path).Message, StringComparison.Ordinal);
        if (File.Exists("/dev/zero"))
        {
            Assert.Contains("larger than 16 MiB", AssertInvalid("/dev/zero").Message, StringComparison.Ordinal);
        }
    }

    private string Write(byte[] bytes)
    {
        string path = Path.Combine(_folder, "cluster.yml");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static ClusterConfigInvalidException AssertInvalid(string path)
        => Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Read(path));
}
