using System.Diagnostics;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

public sealed class HostStoreTests(LabFixture fixture) : ProductTest(fixture)
{
    private LabHost Host => Lab.Hosts[0];

    [SkippableFact]
    public async Task Saved_snapshot_is_listed_with_the_figures_of_the_save()
    {
        EtcdSnapshot saved = Assert.Single(await Product.SaveAsync("nightly", Host.Name)).Value!;

        EtcdSnapshot listed = Assert.Single(await ListAsync());

        Assert.Equal(
            (saved.ClusterName, saved.Node, saved.Address, saved.Name, saved.Path, saved.Size, saved.CreatedAt, saved.ContentHash),
            (listed.ClusterName, listed.Node, listed.Address, listed.Name, listed.Path, listed.Size, listed.CreatedAt, listed.ContentHash));
        Assert.Equal((SnapshotKind.OneTime, false, false), (listed.Kind, listed.IsZip, listed.Verified));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Host_without_the_folder_has_no_snapshots_and_still_no_folder()
    {
        Assert.False(Directory.Exists(Host.SnapshotFolder));

        Assert.Empty(await ListAsync());

        Assert.False(Directory.Exists(Host.SnapshotFolder));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Ten_thousand_files_are_listed_exactly_in_seconds()
    {
        byte[] snapshot = (await SaveBytesAsync("first"))[..544]; // Enough for what a listing reads.
        for (int index = 0; index < 10_000; index++)
        {
            snapshot[^1] = (byte)index;
            snapshot[^2] = (byte)(index >> 8);
            await File.WriteAllBytesAsync(PathOf($"rke_etcd_snapshot_2026-01-01T00:00:00+01:00_{index}"), snapshot);
        }

        await using HostStore store = await ConnectAsync();
        Stopwatch watch = Stopwatch.StartNew();
        Dictionary<string, EtcdSnapshot> listed = (await ListAsync(store)).ToDictionary(found => found.Name);
        watch.Stop();

        Assert.Equal(10_001, listed.Count);
        for (int index = 0; index < 10_000; index++)
        {
            EtcdSnapshot found = listed[$"rke_etcd_snapshot_2026-01-01T00:00:00+01:00_{index}"];
            Assert.EndsWith($"{index >> 8:x2}{index & 0xff:x2}", found.ContentHash, StringComparison.Ordinal);
            Assert.Equal(new DateTime(2025, 12, 31, 23, 0, 0, DateTimeKind.Utc), found.CreatedAt);
        }

        // Thirty times what it takes, for a machine that is slow or does other things as well.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"it took {watch.Elapsed}");
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Hostile_names_are_listed_as_they_are_and_move_no_hash_to_another_file()
    {
        byte[] snapshot = await SaveBytesAsync("a");
        string[] names =
        [
            "-rf", "--help", "with space", "$(reboot)", "`reboot`", "'", "\"", "*", "a\nb", "\n", "==> ._a <==\n", "a <==\n==> .", "%n", "\\n", "é☃",
            "a <==\n" + new string('x', 30), ".hidden", "..data", new string('n', 255), "2026-02-03T04:05:06Z_etcd",
        ];
        for (int index = 0; index < names.Length; index++)
        {
            snapshot[^1] = (byte)index;
            await File.WriteAllBytesAsync(PathOf(names[index]), snapshot);
        }

        EtcdSnapshot[] listed = [.. (await ListAsync()).Where(found => found.Name != "a")];

        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Select(found => found.Name).Order(StringComparer.Ordinal));
        Assert.All(listed, found => Assert.EndsWith($"{Array.IndexOf(names, found.Name):x2}", found.ContentHash, StringComparison.Ordinal));
        Assert.All(listed, found => Assert.Equal($"/opt/rke/etcd-snapshots/{found.Name}", found.Path));
    }

    [SkippableFact]
    public async Task Files_are_shown_as_what_they_are()
    {
        byte[] snapshot = await SaveBytesAsync("good");
        Directory.CreateDirectory(PathOf("folder"));
        await File.WriteAllBytesAsync(PathOf("2026-02-03T04:05:06Z_etcd"), snapshot);
        await File.WriteAllBytesAsync(PathOf("2026-02-03T04-05-06Z_etcd.zip"), "PK\x03\x04 and so on, a few bytes more"u8.ToArray());
        await File.WriteAllBytesAsync(PathOf(".new.etcdsnapshot.part.part"), snapshot[..8192]);
        await File.WriteAllBytesAsync(PathOf("whole.part"), snapshot);
        await File.WriteAllBytesAsync(PathOf("empty"), []);
        await File.WriteAllTextAsync(PathOf("notes.txt"), "to do");
        await File.WriteAllBytesAsync(PathOf("cut"), snapshot[..^1]);
        await File.WriteAllBytesAsync(PathOf("database"), snapshot[..^32]);
        File.CreateSymbolicLink(PathOf("link"), "good");
        (await Host.RunAsync("mkfifo", "/opt/rke/etcd-snapshots/pipe")).OrThrow();

        Dictionary<string, EtcdSnapshot> listed = (await ListAsync()).ToDictionary(found => Path.GetFileName(found.Path));

        Assert.Equal(
            new Dictionary<string, SnapshotKind>
            {
                [".new.etcdsnapshot.part.part"] = SnapshotKind.Unfinished,
                ["2026-02-03T04-05-06Z_etcd.zip"] = SnapshotKind.Recurring,
                ["2026-02-03T04:05:06Z_etcd"] = SnapshotKind.Recurring,
                ["cut"] = SnapshotKind.Foreign,
                ["database"] = SnapshotKind.OneTime,
                ["empty"] = SnapshotKind.Empty,
                ["good"] = SnapshotKind.OneTime,
                ["link"] = SnapshotKind.Foreign,
                ["notes.txt"] = SnapshotKind.Foreign,
                ["pipe"] = SnapshotKind.Foreign,
                ["whole.part"] = SnapshotKind.Unfinished,
            },
            listed.OrderBy(found => found.Key, StringComparer.Ordinal).ToDictionary(found => found.Key, found => found.Value.Kind));
        Assert.Equal(["2026-02-03T04:05:06Z_etcd", "good"], listed.Where(found => found.Value.ContentHash is not null).Select(found => found.Key).Order(StringComparer.Ordinal));
        Assert.Equal("new", listed[".new.etcdsnapshot.part.part"].Name);
        Assert.Equal(("2026-02-03T04-05-06Z_etcd", true), (listed["2026-02-03T04-05-06Z_etcd.zip"].Name, listed["2026-02-03T04-05-06Z_etcd.zip"].IsZip));
        Assert.Equal(new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc), listed["2026-02-03T04-05-06Z_etcd.zip"].CreatedAt);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Listing_does_not_wait_for_a_save_and_shows_it_as_unfinished()
    {
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Host);
        Task<Outcome<EtcdSnapshot>[]> saving = Product.SaveAsync("big", Host.Name);
        await etcdctl.Reached;
        // What etcdctl writes may not be there yet at that moment; this is as one would find it a little later.
        await File.WriteAllBytesAsync(PathOf(".big.etcdsnapshot.part"), new byte[100]);

        IReadOnlyList<EtcdSnapshot> listed = await ListAsync();

        Assert.All(listed, part => Assert.Equal(("big", SnapshotKind.Unfinished, null), (part.Name, part.Kind, part.ContentHash)));
        Assert.NotEmpty(listed);
        await etcdctl.ThawAsync();
        Assert.NotNull(Assert.Single(await saving).Value);
    }

    [SkippableFact]
    public async Task Opened_file_has_its_length_and_all_its_bytes()
    {
        byte[] snapshot = await SaveBytesAsync("good");
        await using HostStore store = await ConnectAsync();
        EtcdSnapshot listed = Assert.Single(await ListAsync(store));

        using MemoryStream read = new();
        await using (Stream stream = await store.OpenAsync(listed, CancellationToken.None))
        {
            Assert.Equal(snapshot.Length, stream.Length);
            await stream.CopyToAsync(read);
        }

        Assert.Equal(snapshot, read.ToArray());
        await Remains.AssertNoneOnAsync(Lab.Hosts);
        File.Delete(PathOf("good"));
        await Assert.ThrowsAsync<SnapshotNotFoundException>(() => store.OpenAsync(listed, CancellationToken.None));
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Rest_of_a_file_is_read_and_its_container_goes_at_once()
    {
        byte[] snapshot = await SaveBytesAsync("good");
        await using HostStore store = await ConnectAsync();
        EtcdSnapshot listed = Assert.Single(await ListAsync(store));
        string begun = Path.GetTempFileName();
        await File.WriteAllBytesAsync(begun, snapshot[..8192]);

        using MemoryStream read = new();
        Stream rest = (await store.OpenRestAsync(listed, new PartialCopy(begun, 8192), CancellationToken.None))!;
        await rest.CopyToAsync(read);
        Stopwatch watch = Stopwatch.StartNew();
        await rest.DisposeAsync();
        watch.Stop();
        File.Delete(begun);

        Assert.Equal(snapshot[8192..], read.ToArray());
        // An engine gives a process that does not end ten.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(8), $"it took {watch.Elapsed}");
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_killed_clients_left_is_swept_and_what_belongs_to_others_is_not()
    {
        Directory.CreateDirectory(Host.SnapshotFolder);
        string gone = $"io.etcdsnapshot.client={ClientProcess.Current.Split('/')[0]}/1/1";
        await CreateAsync("etcdsnapshot-list-gone", gone);
        await CreateAsync("etcdsnapshot-list-elsewhere", "io.etcdsnapshot.client=elsewhere/1/1");
        await CreateAsync("something-else", gone);

        await ListAsync();

        string[] names = (await Host.DockerAsync("ps", "-a", "--filter", "label=io.etcdsnapshot.operation", "--format", "{{.Names}}")).OrThrow()
            .StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["etcdsnapshot-list-elsewhere", "something-else"], names.Order(StringComparer.Ordinal));

        async Task CreateAsync(string name, string client) =>
            (await Host.DockerAsync("create", "--name", name, "--label", "io.etcdsnapshot.operation=x", "--label", client, "rancher/rke-tools:lab", "true")).OrThrow();
    }

    private string PathOf(string name) => Path.Combine(Host.SnapshotFolder, name);

    private async Task<byte[]> SaveBytesAsync(string name)
    {
        Assert.NotNull(Assert.Single(await Product.SaveAsync(name, Host.Name)).Value);
        return await File.ReadAllBytesAsync(PathOf(name));
    }

    private Task<HostStore> ConnectAsync() => HostStore.ConnectAsync(Assert.Single(Product.Nodes(Host.Name)), Product.Options, null, Product, CancellationToken.None);

    private async Task<IReadOnlyList<EtcdSnapshot>> ListAsync()
    {
        await using HostStore store = await ConnectAsync();
        return await ListAsync(store);
    }

    private static async Task<IReadOnlyList<EtcdSnapshot>> ListAsync(HostStore store)
    {
        List<EtcdSnapshot> listed = [];
        await foreach (EtcdSnapshot snapshot in store.ListAsync([], CancellationToken.None))
        {
            listed.Add(snapshot);
        }

        return listed;
    }
}
