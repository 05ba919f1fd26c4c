using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

public sealed class RemovalTests(LabFixture fixture) : ProductTest(fixture)
{
    private LabHost Host => Lab.Hosts[0];

    [SkippableFact]
    public async Task Exactly_the_named_file_is_removed_and_none_whose_name_begins_so()
    {
        await SaveAsync("snap1", "snap10", "newest");
        File.Copy(PathOf("snap1"), PathOf("snap1.zip.bak"));

        Removed removed = await RemoveAsync(new RemoveRequest { Names = ["snap1"] });

        Assert.Equal(["node1:/opt/rke/etcd-snapshots/snap1"], removed.Gone);
        Assert.Empty(removed.Failures);
        Assert.Equal(["newest", "snap1.zip.bak", "snap10"], Names(Host));
        Assert.Equal(["newest", "snap1", "snap10"], Names(Lab.Hosts[1]));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableTheory]
    [InlineData("snap*")]
    [InlineData("../etcd-snapshots/snap1")]
    [InlineData("..")]
    [InlineData("/opt/rke/etcd-snapshots/snap1")]
    [Trait("Speed", "Long")]
    public async Task Wildcards_and_paths_are_refused_before_any_host_is_reached(string name)
    {
        await SaveAsync("snap1");
        await Host.LinkDownAsync();

        await Assert.ThrowsAsync<SnapshotNameInvalidException>(() => RemoveAsync(new RemoveRequest { Names = [name] }));

        Assert.Equal(["snap1"], Names(Host));
    }

    [SkippableFact]
    public async Task Links_folders_and_paths_of_piped_objects_lead_nowhere_else()
    {
        await SaveAsync("newest");
        string outside = Host.PathOf("/opt/rke/kept");
        await File.WriteAllTextAsync(outside, "kept");
        File.CreateSymbolicLink(PathOf("link"), "../kept");
        Directory.CreateDirectory(PathOf("folder"));
        EtcdSnapshot listed = Assert.Single(await ListAsync(), found => found.Name == "newest");

        Removed byName = await RemoveAsync(new RemoveRequest { Names = ["link", "folder"] });
        Removed piped = await RemoveAsync(new RemoveRequest { Snapshots = [listed with { Path = "/opt/rke/etcd-snapshots/../kept" }, listed with { Path = "/opt/rke/kept" }] });

        Assert.Empty(byName.Gone.Concat(piped.Gone));
        Assert.Equal(["SnapshotNotFound", "SnapshotNotRemoved"], byName.Ids);
        Assert.Equal(["SnapshotNotFound", "SnapshotNotFound"], piped.Ids);
        Assert.Equal("kept", await File.ReadAllTextAsync(outside));
        Assert.NotNull(new FileInfo(PathOf("link")).LinkTarget);
    }

    [SkippableFact]
    public async Task Last_verified_copy_of_the_newest_snapshot_is_kept_unless_forced()
    {
        await SaveAsync("old");
        await Host.PutAsync("more", "since");
        await Product.SaveAsync("new", Host.Name, "node2");

        RemovalNotSafeException all = await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Names = ["new", "old"] }, "node1", "node2"));
        Assert.Equal(2, all.Snapshots.Count);
        // Another host has one of that name, which looks whole and is not.
        FlipBit(Lab.Hosts[1], "new");
        RemovalNotSafeException rotten = await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Names = ["new"] }));
        Assert.Contains("could be verified (node2:", rotten.Message);
        Assert.Equal(["new", "old"], Names(Host));
        FlipBit(Lab.Hosts[1], "new");

        Assert.Equal(["node1:/opt/rke/etcd-snapshots/new"], (await RemoveAsync(new RemoveRequest { Names = ["new"] })).Gone);
        await Assert.ThrowsAsync<RemovalNotSafeException>(() => RemoveAsync(new RemoveRequest { Names = ["new"] }, "node2"));
        Assert.Single((await RemoveAsync(new RemoveRequest { Names = ["new"], Force = true }, "node2")).Gone);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task File_that_changed_since_it_was_listed_is_not_removed()
    {
        await SaveAsync("one", "newest");
        EtcdSnapshot listed = Assert.Single(await ListAsync(), found => found.Name == "one");
        byte[] bytes = await File.ReadAllBytesAsync(PathOf("one"));
        bytes[^1] ^= 1;
        DateTime time = File.GetLastWriteTimeUtc(PathOf("one"));
        await File.WriteAllBytesAsync(PathOf("one"), bytes);
        File.SetLastWriteTimeUtc(PathOf("one"), time);

        Removed changed = await RemoveAsync(new RemoveRequest { Snapshots = [listed] });
        await using HostStore store = await HostStore.ConnectAsync(Assert.Single(Product.Nodes(Host.Name)), Product.Options, null, Product, CancellationToken.None);
        EtcdSnapshotException atLast = await Assert.ThrowsAsync<SnapshotNotRemovedException>(() => store.RemoveAsync(listed, CancellationToken.None));

        Assert.Equal(["SnapshotNotRemoved"], changed.Ids);
        Assert.Contains("it has changed", atLast.Message);
        Assert.Contains("one", Names(Host));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Unfinished_ones_are_removed_but_none_that_is_being_written()
    {
        await SaveAsync("newest");
        DateTime hourAgo = DateTime.UtcNow.AddHours(-1);
        foreach (string name in (string[])["old.part", ".x.etcdsnapshot.part", "empty", "other"])
        {
            await File.WriteAllTextAsync(PathOf(name), name is "empty" ? "" : "half");
            File.SetLastWriteTimeUtc(PathOf(name), hourAgo);
        }

        await File.WriteAllTextAsync(PathOf("fresh.part"), "half");

        Removed removed = await RemoveAsync(new RemoveRequest { Unfinished = true });

        Assert.Equal(3, removed.Gone.Count);
        Assert.Equal(["SnapshotNotRemoved"], removed.Ids);
        Assert.Equal(["fresh.part", "newest", "other"], Names(Host));

        File.SetLastWriteTimeUtc(PathOf("fresh.part"), hourAgo);
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Host);
        Task<Outcome<EtcdSnapshot>[]> saving = Product.SaveAsync("big", Host.Name);
        await etcdctl.Reached;
        Removed meanwhile = await RemoveAsync(new RemoveRequest { Unfinished = true });
        await etcdctl.ThawAsync();

        Assert.Empty(meanwhile.Gone);
        Assert.All(meanwhile.Failures, failure => Assert.IsType<OperationInProgressException>(failure));
        Assert.NotNull(Assert.Single(await saving).Value);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_is_down_is_a_failure_and_the_others_are_worked_on()
    {
        await SaveAsync("one");
        await Host.PutAsync("more", "since");
        await SaveAsync("newest");
        await Lab.Hosts[1].LinkDownAsync();

        Removed removed = await RemoveAsync(new RemoveRequest { Names = ["one"] }, "node1", "node2", "node3");

        Assert.Equal(["node1:/opt/rke/etcd-snapshots/one", "node3:/opt/rke/etcd-snapshots/one"], removed.Gone.Order(StringComparer.Ordinal));
        Assert.IsType<NodeUnreachableException>(Assert.Single(removed.Failures));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Nothing_is_removed_that_was_not_allowed()
    {
        await SaveAsync("one", "newest");

        Removed removed = await RemoveAsync(new RemoveRequest { Names = ["one"] }, _ => false, "node1");

        Assert.Empty(removed.Gone);
        Assert.Equal(["newest", "one"], Names(Host));
    }

    private static void FlipBit(LabHost host, string name)
    {
        using FileStream file = new(Path.Combine(host.SnapshotFolder, name), FileMode.Open);
        file.Position = 9000;
        int value = file.ReadByte();
        file.Position = 9000;
        file.WriteByte((byte)(value ^ 1));
    }

    private string PathOf(string name) => Path.Combine(Host.SnapshotFolder, name);

    private static string[] Names(LabHost host) =>
        [.. Directory.EnumerateFiles(host.SnapshotFolder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private async Task SaveAsync(params string[] names)
    {
        foreach (string name in names)
        {
            Assert.All(await Product.SaveAsync(name), outcome => Assert.Null(outcome.Failure));
            await Host.PutAsync("last", name);
        }
    }

    private async Task<IReadOnlyList<EtcdSnapshot>> ListAsync() =>
        Assert.Single(await new SnapshotListing(Product).RunAsync(
            [SnapshotPlace.OnHost(Assert.Single(Product.Nodes(Host.Name)), Product.Options)], new ListRequest())).Snapshots;

    private Task<Removed> RemoveAsync(RemoveRequest request, params string[] nodes) => RemoveAsync(request, _ => true, nodes is [] ? [Host.Name] : nodes);

    private async Task<Removed> RemoveAsync(RemoveRequest request, Func<EtcdSnapshot, bool> allow, params string[] nodes)
    {
        SnapshotPlace[] places = [.. Product.Nodes().Select(node => SnapshotPlace.OnHost(node, Product.Options))];
        Removed removed = new([], []);
        var failures = await new SnapshotRemoval(Product).RunAsync(
            places,
            request with { Places = places.Where(place => nodes.Contains(place.Name)).ToHashSet() },
            new ListRequest(),
            snapshot => Task.FromResult(allow(snapshot)),
            (snapshot, failure) =>
            {
                if (failure is null)
                {
                    removed.Gone.Add(snapshot.ToString());
                }
                else
                {
                    removed.Failures.Add(failure);
                }
            });
        removed.Failures.AddRange(failures.Select(failure => failure.Failure));
        return removed;
    }

    private sealed record Removed(List<string> Gone, List<EtcdSnapshotException> Failures)
    {
        public IEnumerable<string> Ids => Failures.Select(failure => failure.Id).Order(StringComparer.Ordinal);
    }
}
