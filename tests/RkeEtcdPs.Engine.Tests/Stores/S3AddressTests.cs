using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Stores;

public sealed class S3AddressTests
{
    public static TheoryData<string> Misleading => ["..", "../x", "a/../b", "a/..", ".", "./a", "a/./b", "a/."];

    [Theory]
    [MemberData(nameof(Misleading))]
    public void Folder_that_requests_would_not_reach_is_refused(string folder)
    {
        foreach (Action read in (Action[])[() => S3Address.Parse($"s3://bucket/{folder}"), () => S3Address.Parse($"s3://bucket/{folder}/"), () => S3Address.FolderOf($"s3://bucket/{folder}/one"), () => Configured(folder)])
        {
            StoreUnavailableException failure = Assert.Throws<StoreUnavailableException>(read);
            Assert.Contains($"s3://bucket/{folder}", failure.Message, StringComparison.Ordinal);
            Assert.Contains("without it", failure.Advice, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("s3://bucket//")]
    [InlineData("s3://bucket//a")]
    [InlineData("s3://bucket/a//b")]
    [InlineData("s3://bucket/a//")]
    public void Folder_with_an_empty_name_in_it_is_refused(string uri)
        => Assert.Contains("one slash", Assert.Throws<StoreUnavailableException>(() => S3Address.Parse(uri)).Advice, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("s3://")]
    [InlineData("s3:///a")]
    [InlineData("s3://../a")]
    [InlineData("https://bucket/a")]
    public void What_is_no_address_is_refused(string uri) => Assert.Throws<StoreUnavailableException>(() => S3Address.Parse(uri));

    [Theory]
    [InlineData("s3://bucket", "")]
    [InlineData("S3://bucket/", "")]
    [InlineData("s3://bucket/a", "a")]
    [InlineData("s3://bucket/a/b/", "a/b")]
    [InlineData("s3://bucket/.a/..b/c../d..e/.../f.", ".a/..b/c../d..e/.../f.")]
    [InlineData("s3://bucket/a b/ä?#%2e%2e/\\..\\", "a b/ä?#%2e%2e/\\..\\")]
    public void Legal_folder_stays_as_it_is_written(string uri, string folder)
    {
        S3Address address = S3Address.Parse(uri);

        Assert.Equal(new S3Address("bucket", folder), address);
        Assert.Equal(address, S3Address.FolderOf(address.Path(address.Key("one"))));
    }

    [Theory]
    [InlineData("a/b", "a/b/one")]
    [InlineData("a//b", "a//b/one")]
    public void Folder_of_a_cluster_is_taken_as_it_is(string folder, string key)
    {
        S3Address address = Configured(folder);

        Assert.Equal(key, address.Key("one"));
        Assert.Equal(address, S3Address.FolderOf(address.Path(key)));
    }

    private static S3Address Configured(string folder) => S3Connection.From(new S3BackupConfig { Bucket = "bucket", Folder = folder }).Address;
}
