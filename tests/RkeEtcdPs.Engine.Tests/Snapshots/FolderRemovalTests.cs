using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>What may be removed from a folder of snapshots.</summary>
public sealed class FolderRemovalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("removal");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Sound_older_snapshots_do_not_go_for_a_rotten_newest_one()
    {
        string old = Write("old", "2026-01-01", rotten: false);
        Write("new", "2026-02-01", rotten: true);

        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Paths = [old] }));

        Assert.True(File.Exists(old));
    }

    [Fact]
    public async Task Older_snapshots_go_when_one_of_those_that_stay_is_sound()
    {
        string old = Write("old", "2026-01-01", rotten: false);
        Write("middle", "2026-02-01", rotten: false);
        Write("new", "2026-03-01", rotten: true);

        await RemoveAsync(new RemoveRequest { Paths = [old] });

        Assert.False(File.Exists(old));
    }

    [Fact]
    public async Task Newest_sound_snapshot_does_not_go_for_a_sound_older_and_a_rotten_newer_one()
    {
        Write("old", "2026-01-01", rotten: false);
        string middle = Write("middle", "2026-02-01", rotten: false);
        Write("new", "2026-03-01", rotten: true);

        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Paths = [middle] }));

        Assert.True(File.Exists(middle));
    }

    [Fact]
    public async Task Older_copy_of_the_same_bytes_is_enough_beside_a_rotten_newest_one()
    {
        string first = Write("same", "2026-01-01", rotten: false);
        string second = Path.Combine(_folder.FullName, "again");
        File.Copy(first, second);
        File.SetLastWriteTimeUtc(second, new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc));
        Write("new", "2026-03-01", rotten: true);

        await RemoveAsync(new RemoveRequest { Paths = [second] });

        Assert.False(File.Exists(second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Snapshot_of_the_future_is_no_replacement_of_the_newest_one_of_today(bool newestIsRotten)
    {
        string old = Write("old", "2026-01-01", rotten: false);
        string newest = Write("new", "2026-02-01", rotten: newestIsRotten);
        string later = Write("later", DateTime.UtcNow.AddHours(1).ToString("s"), rotten: false);

        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Paths = [newest] }));
        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Paths = [old, newest] }));
        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Paths = [later] }));
        if (newestIsRotten)
        {
            await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Paths = [old] }));
            Assert.True(File.Exists(old));
        }
        else
        {
            await RemoveAsync(new RemoveRequest { Paths = [old] });
            Assert.False(File.Exists(old));
        }

        Assert.True(File.Exists(newest));
        Assert.True(File.Exists(later));
    }

    [Fact]
    public async Task Same_bytes_dated_in_the_future_are_a_copy_and_a_clock_that_is_a_little_ahead_makes_no_future()
    {
        string newest = Write("same", "2026-02-01", rotten: false);
        string again = Path.Combine(_folder.FullName, "again");
        File.Copy(newest, again);
        File.SetLastWriteTimeUtc(again, DateTime.UtcNow.AddDays(1));
        await RemoveAsync(new RemoveRequest { Paths = [newest] });
        File.SetLastWriteTimeUtc(again, DateTime.UtcNow);
        Write("ahead", DateTime.UtcNow.AddMinutes(2).ToString("s"), rotten: false);
        await RemoveAsync(new RemoveRequest { Paths = [again] });

        Assert.False(File.Exists(newest));
        Assert.False(File.Exists(again));
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_copies_do_not_guard_each_other_when_a_link_leads_to_the_same_folder(bool aboveIt)
    {
        Skip.If(OperatingSystem.IsWindows(), "Links need a privilege there.");
        string real = _folder.CreateSubdirectory("store").FullName;
        string link = Path.Combine(_folder.FullName, "link");
        Directory.CreateSymbolicLink(link, aboveIt ? _folder.FullName : "store");
        string seen = aboveIt ? Path.Combine(link, "store") : link;
        string first = Path.Combine(real, "first");
        string second = Path.Combine(real, "second");
        File.Move(Write("first", "2026-02-01", rotten: false), first);
        File.Copy(first, second);
        RemoveRequest request = new() { Paths = [first, Path.Combine(seen, "second")] };

        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(request, real, seen));

        Assert.True(File.Exists(first));
        Assert.True(File.Exists(second));
        await RemoveAsync(request with { Paths = [first] }, real, seen);
        Assert.Equal((false, true), (File.Exists(first), File.Exists(second)));
    }

    [Fact]
    public async Task What_is_no_snapshot_does_not_go_in_passing()
    {
        Write("new", "2026-03-01", rotten: false);
        string state = Path.Combine(_folder.FullName, "cluster.rkestate");
        await File.WriteAllTextAsync(state, "{}");
        SnapshotPlace place = SnapshotPlace.InFolder(_folder.FullName);
        EtcdSnapshot[] listed = [.. (await new SnapshotListing(new Progress<HostEvent>()).RunAsync([place], new ListRequest())).SelectMany(listing => listing.Snapshots)];
        EtcdSnapshot foreign = Assert.Single(listed, snapshot => snapshot.Kind == SnapshotKind.Foreign);

        IReadOnlyList<(SnapshotPlace Place, Engine.Errors.EtcdSnapshotException Failure)> failures = await RemoveAsync(new RemoveRequest { Snapshots = [foreign] });

        Assert.IsType<SnapshotNotRemovedException>(Assert.Single(failures).Failure);
        Assert.True(File.Exists(state));
        Assert.Empty(await RemoveAsync(new RemoveRequest { Snapshots = [foreign], Force = true }));
        Assert.False(File.Exists(state));
    }

    private Task<IReadOnlyList<(SnapshotPlace Place, Engine.Errors.EtcdSnapshotException Failure)>> RemoveAsync(RemoveRequest request) => RemoveAsync(request, _folder.FullName);

    private static Task<IReadOnlyList<(SnapshotPlace Place, Engine.Errors.EtcdSnapshotException Failure)>> RemoveAsync(RemoveRequest request, params string[] folders) =>
        new SnapshotRemoval(new Progress<HostEvent>()).RunAsync(
            [.. folders.Select(folder => SnapshotPlace.InFolder(folder))], request, new ListRequest(), _ => Task.FromResult(true), (_, _) => { });

    private string Write(string name, string day, bool rotten)
    {
        byte[] file = new EtcdFile().WithBuckets().Put(name, new string('v', 5000)).Build();
        file[9000] ^= (byte)(rotten ? 1 : 0);
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, file);
        File.SetLastWriteTimeUtc(path, DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
        return path;
    }
}
