using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Stores;

public sealed class ClientPathTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("paths").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("~/keys/id")]
    [InlineData("~\\keys/id")]
    public void A_key_in_the_home_folder_is_found_whatever_separates_its_path(string path)
    {
        RkeCluster cluster = ClusterFile.Parse($"ssh_key_path: '{path}'\nnodes:\n  - address: 10.0.0.1\n    user: rke\n    role: [etcd]\n");

        Assert.Equal(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "keys/id"), cluster.Nodes[0].Login.KeyPath);
    }

    [Theory]
    [InlineData(@"C:\snapshots\a", @"C:\snapshots\b", true)]
    [InlineData("C:/snapshots/a", "C:/snapshots/b", true)]
    [InlineData(@"\\nas\etcd\a", @"\\nas\etcd\b", true)]
    [InlineData("/snapshots/a", "/snapshots/b", true)]
    [InlineData(@"C:\snapshots\a", @"D:\snapshots\a", false)]
    public void Snapshots_of_a_folder_are_one_line_of_retention_on_every_client(string one, string other, bool same) =>
        Assert.Equal(same, RetentionItem.PlaceOf(null, null, one) == RetentionItem.PlaceOf(null, null, other));

    [Fact]
    public async Task A_folder_is_the_same_with_a_separator_at_its_end_as_without()
    {
        string file = Path.Combine(_folder, "empty");
        await File.WriteAllBytesAsync(file, []);

        foreach (string folder in new[] { _folder, _folder + Path.DirectorySeparatorChar, _folder + Path.AltDirectorySeparatorChar })
        {
            IReadOnlyList<PlaceListing> listings = await new SnapshotListing(new Progress<RkeEtcdPs.Engine.Hosts.HostEvent>()).RunAsync([SnapshotPlace.InFolder(folder)], new ListRequest());

            EtcdSnapshot snapshot = Assert.Single(Assert.Single(listings).Snapshots);
            Assert.Equal(Path.GetFullPath(file), Path.GetFullPath(snapshot.Path));
        }
    }
}
