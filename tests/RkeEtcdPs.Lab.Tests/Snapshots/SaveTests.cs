using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

public sealed class SaveTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Save_gives_one_verified_snapshot_per_host()
    {
        await Lab.Hosts[0].PutAsync("before", "the save");

        Outcome<EtcdSnapshot>[] outcomes = await Product.SaveAsync("nightly");

        Assert.Equal(Lab.EtcdHosts.Select(host => host.Name), outcomes.Select(outcome => outcome.Value?.Node));
        Assert.All(outcomes, outcome => Assert.True(outcome.Value!.Verified));
        Assert.All(Lab.EtcdHosts, host => AssertOnlyRootReads(host, "nightly"));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Figures_are_those_of_etcdctl()
    {
        await Lab.Hosts[0].PutAsync("a", "1");
        LabHost host = Lab.Hosts[0];

        EtcdSnapshot snapshot = Assert.Single(await Product.SaveAsync("figures", host.Name)).Value!;

        string path = Path.Combine(host.SnapshotFolder, "figures");
        byte[] bytes = await File.ReadAllBytesAsync(path);
        Assert.Equal(bytes.Length, snapshot.Size);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32))), snapshot.ContentHash);
        string status = (await host.RunAsync("etcdctl", "snapshot", "status", "/opt/rke/etcd-snapshots/figures")).OrThrow().StandardOutput;
        Assert.Contains($", {snapshot.Revision}, {snapshot.KeyCount},", status);
        Assert.True((DateTime.UtcNow - snapshot.CreatedAt).Duration() < TimeSpan.FromMinutes(5));
    }

    [SkippableFact]
    public async Task Saved_file_restores_with_plain_etcdctl_and_holds_what_was_written_before()
    {
        LabHost host = Lab.Hosts[0];
        await host.PutAsync("kept", "before the save");
        await Product.SaveAsync("plain", host.Name);
        await host.PutAsync("lost", "after the save");

        IReadOnlyList<string> keys = await RestoredEtcd.ReadKeysAsync(Path.Combine(host.SnapshotFolder, "plain"));

        Assert.Contains("kept", keys);
        Assert.DoesNotContain("lost", keys);
    }

    [SkippableFact]
    public async Task Name_that_one_host_has_already_stops_all_before_anything_runs()
    {
        LabHost has = Lab.Hosts[1];
        Directory.CreateDirectory(has.SnapshotFolder);
        await File.WriteAllTextAsync(Path.Combine(has.SnapshotFolder, "nightly"), "mine");

        SnapshotExistsException failure = await Assert.ThrowsAsync<SnapshotExistsException>(() => Product.SaveAsync("nightly"));

        Assert.Equal([has.Name], failure.Nodes.Select(node => node.Name));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(has.SnapshotFolder, "nightly")));
        Assert.All(Lab.EtcdHosts.Where(host => host != has), host => Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "nightly"))));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Replacing_puts_the_verified_one_in_the_place_of_the_old()
    {
        LabHost host = Lab.Hosts[0];
        Directory.CreateDirectory(host.SnapshotFolder);
        string path = Path.Combine(host.SnapshotFolder, "nightly");
        await File.WriteAllTextAsync(path, "old");

        EtcdSnapshot snapshot = Assert.Single(await Product.SaveAsync(new SaveRequest { Name = "nightly", Replace = true }, [host.Name])).Value!;

        Assert.Equal(snapshot.Size, new FileInfo(path).Length);
    }

    [SkippableFact]
    public async Task Failed_replacing_keeps_the_old_one()
    {
        LabHost host = Lab.Hosts[0];
        Directory.CreateDirectory(host.SnapshotFolder);
        string path = Path.Combine(host.SnapshotFolder, "nightly");
        await File.WriteAllTextAsync(path, "old");
        await host.StopEtcdAsync();

        Outcome<EtcdSnapshot> outcome = Assert.Single(await Product.SaveAsync(new SaveRequest { Name = "nightly", Replace = true }, [host.Name]));

        Assert.IsType<Engine.Members.EtcdNotRunningException>(outcome.Failure);
        Assert.Equal("old", await File.ReadAllTextAsync(path));
    }

    [SkippableFact]
    public async Task Single_source_gives_all_hosts_the_same_bytes()
    {
        Outcome<EtcdSnapshot>[] outcomes = await Product.SaveAsync(new SaveRequest { Name = "same", SingleSource = true }, []);

        Assert.Equal(3, outcomes.Length);
        Assert.Single(outcomes.Select(outcome => outcome.Value!.ContentHash).Distinct());
        byte[][] copies = await Task.WhenAll(Lab.EtcdHosts.Select(host => File.ReadAllBytesAsync(Path.Combine(host.SnapshotFolder, "same"))));
        Assert.All(copies, copy => Assert.Equal(copies[0], copy));
        Assert.All(Lab.EtcdHosts, host => AssertOnlyRootReads(host, "same"));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Single_source_also_serves_a_host_whose_etcd_is_down()
    {
        await Lab.Hosts[0].StopEtcdAsync();

        Outcome<EtcdSnapshot>[] outcomes = await Product.SaveAsync(new SaveRequest { Name = "same", SingleSource = true }, []);

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.Single(outcomes.Select(outcome => outcome.Value!.ContentHash).Distinct());
    }

    [SkippableFact]
    public async Task Second_save_on_a_host_that_is_saving_is_refused()
    {
        LabHost host = Lab.Hosts[0];
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host);
        Task<Outcome<EtcdSnapshot>[]> first = Product.SaveAsync("first", host.Name);
        await etcdctl.Reached;

        Outcome<EtcdSnapshot> second = Assert.Single(await Product.SaveAsync("second", host.Name));

        OperationInProgressException failure = Assert.IsType<OperationInProgressException>(second.Failure);
        Assert.NotNull(failure.Since);
        await etcdctl.ThawAsync();
        Assert.NotNull(Assert.Single(await first).Value);
        Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "second")));
    }

    [SkippableFact]
    public async Task Container_that_somebody_else_left_is_reported_and_not_touched()
    {
        LabHost host = Lab.Hosts[0];
        (await host.DockerAsync("run", "--name", "etcd-snapshot-once", "--network", "none", "rancher/rke-tools:lab", "true")).OrThrow();

        Outcome<EtcdSnapshot> outcome = Assert.Single(await Product.SaveAsync("nightly", host.Name));

        OperationInProgressException failure = Assert.IsType<OperationInProgressException>(outcome.Failure);
        Assert.Contains("docker rm etcd-snapshot-once", failure.Advice);
        (await host.DockerAsync("inspect", "etcd-snapshot-once")).OrThrow();
    }

    [SkippableFact]
    public async Task Leftover_of_a_dead_client_is_swept()
    {
        LabHost host = Lab.Hosts[0];
        (await host.DockerAsync("create", "--name", "etcd-snapshot-once", "--label", "io.etcdsnapshot.operation=dead", "rancher/rke-tools:lab", "true")).OrThrow();
        Directory.CreateDirectory(host.SnapshotFolder);
        await File.WriteAllTextAsync(Path.Combine(host.SnapshotFolder, ".old.etcdsnapshot.part"), "half");
        await File.WriteAllTextAsync(Path.Combine(host.SnapshotFolder, ".old.etcdsnapshot.part.part"), "half");

        Outcome<EtcdSnapshot> waiting = Assert.Single(await Product.SaveAsync("nightly", host.Name));
        (await host.DockerAsync("rm", "etcd-snapshot-once")).OrThrow();
        (await host.DockerAsync("run", "--name", "etcd-snapshot-once", "--network", "none", "--label", "io.etcdsnapshot.operation=dead", "rancher/rke-tools:lab", "true")).OrThrow();
        Outcome<EtcdSnapshot> ended = Assert.Single(await Product.SaveAsync("nightly", host.Name));

        // One that was never started may belong to a client elsewhere that waits for its turn.
        Assert.NotNull(Assert.IsType<OperationInProgressException>(waiting.Failure).Since);
        Assert.NotNull(ended.Value);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Waiting_container_of_a_client_of_this_machine_that_is_gone_is_swept_at_once()
    {
        LabHost host = Lab.Hosts[0];
        string client = $"io.etcdsnapshot.client={ClientProcess.Current.Split('/')[0]}/1/1";
        (await host.DockerAsync("create", "--name", "etcd-snapshot-once", "--label", "io.etcdsnapshot.operation=dead", "--label", client, "rancher/rke-tools:lab", "true")).OrThrow();

        Assert.NotNull(Assert.Single(await Product.SaveAsync("nightly", host.Name)).Value);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Replacing_never_moves_the_file_into_a_folder_of_that_name()
    {
        LabHost host = Lab.Hosts[0];
        string folder = Directory.CreateDirectory(Path.Combine(host.SnapshotFolder, "nightly")).FullName;

        Outcome<EtcdSnapshot> outcome = Assert.Single(await Product.SaveAsync(new SaveRequest { Name = "nightly", Replace = true }, [host.Name]));

        Assert.Contains("-Force neither", Assert.IsType<SnapshotExistsException>(outcome.Failure).Advice);
        Assert.Contains("There is a folder", (await Assert.ThrowsAsync<SnapshotExistsException>(() => Product.SaveAsync("nightly", host.Name))).Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Save_runs_under_one_throttle()
    {
        Outcome<EtcdSnapshot>[] outcomes = await Product.SaveAsync(new SaveRequest { Name = "one-by-one", ThrottleLimit = 1 }, []);

        Assert.All(outcomes, outcome => Assert.NotNull(outcome.Value));
        string[] steps = [.. Product.Story.OfType<HostMessage>().Select(message => message.Message).Where(message => message.StartsWith("[etcd]", StringComparison.Ordinal)).SkipLast(1)];
        Assert.Equal(6, steps.Length);
        Assert.All(steps.Where((_, index) => index % 2 == 0), step => Assert.StartsWith("[etcd] Saving", step, StringComparison.Ordinal));
        Assert.All(steps.Where((_, index) => index % 2 == 1), step => Assert.Contains("is verified", step, StringComparison.Ordinal));
    }

    private static void AssertOnlyRootReads(LabHost host, string name)
    {
        string path = Path.Combine(host.SnapshotFolder, name);
        Assert.False(OperatingSystem.IsWindows());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }
}
