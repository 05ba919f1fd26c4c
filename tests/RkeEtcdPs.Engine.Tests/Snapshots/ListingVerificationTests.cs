using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>A folder of snapshots that is listed and verified.</summary>
public sealed class ListingVerificationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("listing");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Snapshot_that_cannot_be_read_keeps_no_other_from_being_verified()
    {
        foreach (string name in (string[])["one", "two", "three"])
        {
            string path = Path.Combine(_folder.FullName, name);
            await File.WriteAllBytesAsync(path, new EtcdFile().WithBuckets().Put(name, "value").Build());
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1 + name.Length, 0, 0, 0, DateTimeKind.Utc));
        }

        // Gone between the listing and the proof, and it is the first to be proved.
        OnVerifying story = new(() => File.Delete(Path.Combine(_folder.FullName, "one")));
        PlaceListing listing = Assert.Single(await new SnapshotListing(story).RunAsync([SnapshotPlace.InFolder(_folder.FullName)], new ListRequest { Verify = true }));

        Assert.IsType<SnapshotNotFoundException>(Assert.Single(listing.Failures));
        Assert.Equal([("one", false), ("two", true), ("three", true)], listing.Snapshots.OrderBy(snapshot => snapshot.Name.Length).ThenBy(snapshot => snapshot.Name, StringComparer.Ordinal).Select(snapshot => (snapshot.Name, snapshot.Verified)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_that_was_found_damaged_is_identical_to_none(bool verify)
    {
        byte[] bytes = new EtcdFile().WithBuckets().Put("key", "value").Build();
        foreach (string name in (string[])["a", "b", "damaged"])
        {
            bytes[5_000] ^= (byte)(name == "damaged" ? 1 : 0);
            await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, name), bytes);
        }

        PlaceListing listing = Assert.Single(await new SnapshotListing(new Progress<HostEvent>()).RunAsync([SnapshotPlace.InFolder(_folder.FullName)], new ListRequest { Verify = verify }));

        Assert.Equal(
            verify ? ["a: b", "b: a", "damaged: "] : ["a: b damaged", "b: a damaged", "damaged: a b"],
            listing.Snapshots.OrderBy(snapshot => snapshot.Name, StringComparer.Ordinal).Select(snapshot => $"{snapshot.Name}: {string.Join(' ', snapshot.Identical.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))}"));
    }

    [Fact]
    public async Task Other_copies_read_as_text_in_a_table()
    {
        byte[] bytes = new EtcdFile().WithBuckets().Put("key", "value").Build();
        string[] paths = [.. ((string[])["a", "b", "c"]).Select(name => Path.Combine(_folder.FullName, name))];
        foreach (string path in paths)
        {
            await File.WriteAllBytesAsync(path, bytes);
        }

        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "d"), new EtcdFile().WithBuckets().Put("key", "other").Build());

        PlaceListing listing = Assert.Single(await new SnapshotListing(new Progress<HostEvent>()).RunAsync([SnapshotPlace.InFolder(_folder.FullName)], new ListRequest()));

        Assert.Equal([$"{paths[1]}, {paths[2]}", $"{paths[0]}, {paths[2]}", $"{paths[0]}, {paths[1]}", ""], listing.Snapshots.OrderBy(snapshot => snapshot.Name, StringComparer.Ordinal).Select(snapshot => snapshot.Identical.ToString()));
        Assert.Equal(paths[..2], (listing.Snapshots[0] with { Identical = paths[..2] }).Identical);
        Assert.Equal(listing.Snapshots[3], listing.Snapshots[3] with { Identical = [] });
    }

    private sealed class OnVerifying(Action action) : IProgress<HostEvent>
    {
        public void Report(HostEvent value)
        {
            if (value is HostProgress { Status: "verifying" })
            {
                action();
            }
        }
    }
}
