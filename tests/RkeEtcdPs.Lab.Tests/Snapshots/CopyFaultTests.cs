using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

public sealed class CopyFaultTests(LabFixture fixture) : CopyTest(fixture)
{
    private const long Some = 4 << 20;

    [SkippableFact]
    public async Task Host_whose_connection_breaks_in_the_middle_fails_alone_and_has_no_copy()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        AtBytes fault = new(Lab.Hosts[1].Name, Some, () => Lab.Hosts[1].KillSshdAsync().Wait());

        CopyOutcome[] outcomes = await CopyAsync(new CopyRequest(), snapshot, [To(Lab.Hosts[1]), To(Lab.Hosts[2]), ToFolder], fault);

        Assert.True(fault.Happened);
        CopyOutcome failed = Assert.Single(outcomes, outcome => outcome.Failure is not null);
        Assert.Equal(Lab.Hosts[1].Name, failed.Failure!.Node);
        Assert.False(File.Exists(PathOn(Lab.Hosts[1])));
        Assert.Equal(BytesOn(Lab.Hosts[0]), BytesOn(Lab.Hosts[2]));
        Assert.Equal(BytesOn(Lab.Hosts[0]), await File.ReadAllBytesAsync(Path.Combine(Folder, "one")));
        await Remains.AssertNoneOnAsync([Lab.Hosts[0], Lab.Hosts[2]]);

        Assert.Contains($"{Lab.Hosts[1].Name}:/opt/rke/etcd-snapshots/.one.etcdsnapshot.part", failed.Failure.Message);
        Assert.Contains("the next save or copy to that host removes it", failed.Failure.Message);
        await Lab.Hosts[1].StartSshdAsync();
        Assert.Null(Assert.Single(await CopyAsync(snapshot, To(Lab.Hosts[1]))).Failure);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_a_connection_that_breaks_leaves_is_removed_over_a_new_one()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        AtBytes fault = new(Lab.Hosts[1].Name, Some, () =>
        {
            Lab.Hosts[1].KillSshdAsync().Wait();
            Lab.Hosts[1].StartSshdAsync().Wait();
        });

        CopyOutcome failed = Assert.Single(await CopyAsync(new CopyRequest(), snapshot, [To(Lab.Hosts[1])], fault));

        Assert.True(fault.Happened);
        Assert.Equal(Lab.Hosts[1].Name, Assert.IsType<NodeUnreachableException>(failed.Failure).Node);
        Assert.DoesNotContain("left", failed.Failure.Message);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Source_host_that_goes_silent_fails_every_copy_and_leaves_nothing()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        AtBytes fault = new(Lab.Hosts[1].Name, Some, () => Lab.Hosts[0].LinkDownAsync().Wait());
        HostOptions impatient = Product.Options with { ConnectTimeout = TimeSpan.FromSeconds(8), KeepAliveInterval = TimeSpan.FromSeconds(3), RequestTimeout = TimeSpan.FromSeconds(5) };

        CopyOutcome[] outcomes = await CopyAsync(new CopyRequest(), snapshot, [To(Lab.Hosts[1]), ToFolder], fault, impatient).WaitAsync(TimeSpan.FromMinutes(5));

        Assert.All(outcomes, outcome => Assert.Equal(Lab.Hosts[0].Name, Assert.IsType<NodeUnreachableException>(outcome.Failure).Node));
        Assert.False(File.Exists(PathOn(Lab.Hosts[1])));
        Assert.Empty(Directory.GetFiles(Folder));
        await Remains.AssertNoneOnAsync([Lab.Hosts[1]]);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Source_that_changes_while_it_is_read_is_kept_nowhere()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        AtBytes fault = new(Lab.Hosts[1].Name, Some, () => Overwrite(PathOn(Lab.Hosts[0])));

        CopyOutcome[] outcomes = await CopyAsync(new CopyRequest(), snapshot, [To(Lab.Hosts[1]), ToFolder], fault);

        Assert.True(fault.Happened);
        Assert.All(outcomes, outcome => Assert.IsType<SnapshotCorruptException>(outcome.Failure));
        Assert.False(File.Exists(PathOn(Lab.Hosts[1])));
        Assert.Empty(Directory.GetFiles(Folder));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Source_that_became_another_snapshot_since_it_was_listed_is_refused()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0]);
        await Lab.Hosts[0].PutAsync("more", "than before");
        Assert.NotNull((await Product.SaveAsync(new SaveRequest { Name = "one", Replace = true }, [Lab.Hosts[0].Name]))[0].Value);

        CopyOutcome[] outcomes = await CopyAsync(snapshot, To(Lab.Hosts[1]), ToFolder);

        Assert.All(outcomes, outcome => Assert.IsType<SnapshotMismatchException>(outcome.Failure));
        Assert.False(File.Exists(PathOn(Lab.Hosts[1])));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Cancelled_copy_leaves_nothing()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        using CancellationTokenSource cancel = new();
        AtBytes stop = new(Lab.Hosts[1].Name, Some, cancel.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(new CopyRequest(), snapshot, [To(Lab.Hosts[1]), ToFolder], stop, cancellationToken: cancel.Token));

        Assert.False(File.Exists(PathOn(Lab.Hosts[1])));
        Assert.Empty(Directory.GetFiles(Folder));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Copy_that_is_cancelled_while_a_host_still_connects_leaves_no_other_host_locked()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0]);
        await Lab.Hosts[2].StopSshdAsync();
        try
        {
            using CancellationTokenSource cancel = new();
            HostOptions patient = Product.Options with { ConnectTimeout = TimeSpan.FromMinutes(2) };

            Task<CopyOutcome[]> copying = CopyAsync(new CopyRequest(), snapshot, [To(Lab.Hosts[1]), To(Lab.Hosts[2])], options: patient, cancellationToken: cancel.Token);
            while (!(await Lab.Hosts[1].DockerAsync("ps", "--all", "--no-trunc", "--filter", "status=created", "--format", "{{.Command}}")).OrThrow().StandardOutput.Contains("save-snapshot receive", StringComparison.Ordinal))
            {
                Assert.False(copying.IsCompleted);
                await Task.Delay(100);
            }

            await Task.Delay(TimeSpan.FromSeconds(1)); // Until the client has heard that it is prepared.
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        }
        finally
        {
            await Lab.Hosts[2].ResumeSshdAsync();
        }

        await Remains.AssertNoneOnAsync(Lab.Hosts.Take(2));
        Assert.NotNull(Assert.Single(await Product.SaveAsync("two", Lab.Hosts[1].Name)).Value);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Folder_that_is_too_small_or_becomes_full_is_left_clean()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        Directory.CreateDirectory(Folder);
        await RunAsync(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", Folder]);
        try
        {
            Assert.IsType<NotEnoughDiskException>(Assert.Single(await CopyAsync(snapshot, ToFolder)).Failure);
            Assert.Empty(Directory.GetFiles(Folder));

            await RunAsync(["mount", "-o", "remount,size=90m", Folder]);
            string filler = Path.Combine(Folder, "filler");
            AtBytes fault = new(Folder, Some, () => RunAsync(["sh", "-c", "dd if=/dev/zero of=\"$1\" bs=1M count=100 2>/dev/null || true", "sh", filler]).Wait());
            CopyOutcome full = Assert.Single(await CopyAsync(new CopyRequest(), snapshot, [ToFolder], fault));
            Assert.IsType<NotEnoughDiskException>(full.Failure);
            Assert.Equal([filler], Directory.GetFiles(Folder));
        }
        finally
        {
            await RunAsync(["umount", Folder]);
        }
    }

    [SkippableFact]
    public async Task Host_that_is_too_small_or_becomes_full_is_left_clean()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(2, host => host.Name == "node2" ? host with { SnapshotDiskBytes = 120 << 20 } : host));
        Product product = new(lab);
        LabHost small = lab["node2"];
        await lab.Hosts[0].FillAsync(Large);
        EtcdSnapshot snapshot = (await product.SaveAsync("one", "node1"))[0].Value!;
        HostDestination there = new(product.Nodes("node2")[0]);
        await small.FillDiskAsync(leaveBytes: 10 << 20);

        Assert.IsType<NotEnoughDiskException>(Assert.Single(await CopyThereAsync(product)).Failure);

        small.FreeDisk();
        AtBytes fault = new("node2", Some, () => small.FillDiskAsync().Wait());
        EtcdSnapshotException? failure = Assert.Single(await CopyThereAsync(fault)).Failure;
        Assert.True(failure is NotEnoughDiskException, failure?.ToString());
        Assert.True(fault.Happened);
        Assert.False(File.Exists(PathOn(small)));
        small.FreeDisk();
        await Remains.AssertNoneOnAsync(lab.Hosts);

        async Task<CopyOutcome[]> CopyThereAsync(IProgress<HostEvent> story)
        {
            await using SnapshotCopy copy = new(product.Options, new CopyRequest { Clusters = [product.Cluster] }, story);
            List<CopyOutcome> outcomes = [];
            await foreach (CopyOutcome outcome in copy.RunAsync([new CopyItem([snapshot], [there])]))
            {
                outcomes.Add(outcome);
            }

            return [.. outcomes];
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_is_no_whole_snapshot_is_copied_nowhere()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0]);
        await CopyAsync(snapshot, ToFolder);
        string path = Path.Combine(Folder, "one");
        string[] bad = [Path.Combine(Folder, "cut"), Path.Combine(Folder, "empty"), Path.Combine(Folder, "flipped")];
        byte[] bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(bad[0], bytes[..^32]);
        await File.WriteAllBytesAsync(bad[1], []);
        bytes[9000] ^= 1;
        await File.WriteAllBytesAsync(bad[2], bytes);

        foreach (string file in bad)
        {
            Assert.IsType<SnapshotCorruptException>(Assert.Single(await CopyAsync(SnapshotFiles.Describe(file), To(Lab.Hosts[1]))).Failure);
            Assert.False(File.Exists(PathOn(Lab.Hosts[1], Path.GetFileName(file))));
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private static async Task RunAsync(string[] commandLine)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(commandLine[0], commandLine[1..]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static void Overwrite(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Position = file.Length - 4096;
        file.Write(new byte[64]);
    }
}
