using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>What the service does by itself, with nobody looking.</summary>
public sealed class ServiceTests(LabFixture fixture) : ScheduleTest(fixture)
{
    private static readonly int OldFiles = IsLong ? 500 : 60;

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Hundreds_of_old_ones_go_and_the_floor_and_everything_else_stays()
    {
        await Product.SaveAsync("whole", Host.Name);
        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int i = 0; i < OldFiles; i++)
        {
            Put(Host, NameOf(old.AddHours(i)));
        }

        string newest = NameOf(old.AddHours(OldFiles - 1));
        FlipBit(newest);
        string future = NameOf(DateTime.UtcNow.AddYears(1));
        Put(Host, future);
        Put(Host, NameOf(old) + ".zip");
        // Without a good save of late nothing would go the first time.
        string last = NameOf(DateTime.UtcNow.AddMinutes(-70));
        Put(Host, last);
        string[] foreign =
        [
            "2020-01-01T00:00:00Z_etcd\n2020-01-01T01:00:00Z_etcd", "2020-01-01T00:00:00Z_etcd.bak", "x2020-01-01T00:00:00Z_etcd", "2020-01-01T00:00:00+02:00_etcd", "-rf",
            " 2020-01-01T00:00:00Z_etcd", "$(touch hacked)_etcd", "c-abcde-rl-fghij_2020-01-01T00:00:00Z", "2020-01-01T00:00:00Z_etcd.part", "rke_etcd_snapshot_2020-01-01T00:00:00Z",
        ];
        foreach (string name in foreign)
        {
            Put(Host, name);
        }

        File.CreateSymbolicLink(Path.Combine(Host.SnapshotFolder, "2020-02-01T00:00:00Z_etcd"), "whole");
        Directory.CreateDirectory(Path.Combine(Host.SnapshotFolder, "2020-02-02T00:00:00Z_etcd"));

        await EnableAsync(Every(3600, 7200, keep: 4));
        await UntilAsync(Host, "the old ones to go", () => Directory.EnumerateFiles(Host.SnapshotFolder).Count() < 20);

        await UntilAsync(Host, "the log to say so", async () => (await LogAsync()).Contains($"removed {OldFiles - 2} that are older than 7200 s", StringComparison.Ordinal));
        string[] left = [.. Directory.EnumerateFileSystemEntries(Host.SnapshotFolder).Select(path => Path.GetFileName(path)).Except([".etcdsnapshot", "whole", last])];
        string saved = Path.GetFileName(Assert.Single(Directory.EnumerateFiles(Host.SnapshotFolder, $"{DateTime.UtcNow.Year}-*_etcd"), path => !path.EndsWith(last, StringComparison.Ordinal)));
        Assert.True(File.Exists(Path.Combine(Host.SnapshotFolder, last)));
        Assert.Equal(
            foreign.Concat(["2020-02-01T00:00:00Z_etcd", "2020-02-02T00:00:00Z_etcd", NameOf(old.AddHours(OldFiles - 3)), NameOf(old.AddHours(OldFiles - 2)), newest, saved, future]).Order(StringComparer.Ordinal),
            left.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Etcd_that_is_down_for_longer_than_the_retention_costs_no_snapshot()
    {
        await EnableAsync(Every(2, 4));
        await UntilAsync(Host, "old ones to go", async () => (await LogAsync()).Contains("removed", StringComparison.Ordinal));
        await Host.StopEtcdAsync();
        await UntilAsync(Host, "a failed save", () => Remembered(Host, "failures") >= 1);
        string[] good = Recurring(Host);
        await UntilAsync(Host, "all of them to be too old", () => Remembered(Host, "failure") > Remembered(Host, "success") + 6);

        Assert.NotEmpty(good);
        Assert.Equal(good, Recurring(Host));
        EtcdSnapshotSchedule failing = await LookAsync();
        Assert.True(failing is { Running: true, Overdue: true, Failures: > 0 }, $"{failing.Running} {failing.Overdue} {failing.Failures} {failing.NextDue} {failing.HostTime} {Memory(Host)}");
        Assert.StartsWith("EtcdUnhealthy ", failing.FailureReason, StringComparison.Ordinal);
        Assert.True(failing.LastFailure > failing.LastSuccess && failing.NextDue < failing.HostTime);

        await Host.StartEtcdAsync();
        await UntilAsync(Host, "a good save", () => Remembered(Host, "failures") == 0);
        Assert.False((await LookAsync()).Overdue);
        await AssertAllWholeAsync(Host);
    }

    [SkippableFact]
    public async Task Restarts_keep_the_due_time_and_what_is_overdue_is_saved_at_once()
    {
        await EnableAsync(Every(3600, 86_400));
        await UntilAsync(Host, "a snapshot", () => Remembered(Host, "success") > 0);
        long due = Remembered(Host, "due");
        Assert.Equal(due, Remembered(Host, "success") + 3600);

        await RestartEngineAsync(() => Task.CompletedTask);
        await UntilAsync(Host, "the service to be back", async () => (await LogAsync()).Split("every 3600 s").Length == 3);
        Assert.Single(Recurring(Host));
        Assert.Equal(due, Remembered(Host, "due"));

        // As after two hours without power; and once more, without any memory, from the names of the files alone.
        await RestartEngineAsync(() => ShiftAsync(TimeSpan.FromHours(-2)));
        await UntilAsync(Host, "the overdue one", () => Recurring(Host).Length == 2 && Remembered(Host, "due") > due);
        await RestartEngineAsync(() =>
        {
            File.Delete(MemoryPath(Host));
            return Task.CompletedTask;
        });
        await UntilAsync(Host, "the service to be back", async () => (await LogAsync()).Split("every 3600 s").Length == 5);
        await Task.Delay(TimeSpan.FromSeconds(1)); // Time in which it would save, were it to.
        Assert.Equal(2, Recurring(Host).Length);
        await Host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_loses_its_power_comes_back_with_its_service_and_saves_what_became_overdue()
    {
        await EnableAsync(Every(3600, 86_400));
        await UntilAsync(Host, "a snapshot", () => Remembered(Host, "success") > 0);
        long due = Remembered(Host, "due");

        await Host.PowerOffAsync();
        await Host.BootAsync();
        await UntilAsync(Host, "the service to be back", async () => (await LogAsync()).Split("every 3600 s").Length == 3);
        Assert.True(await LookAsync() is { Running: true, RestartsByItself: true, Overdue: false });
        Assert.Single(Recurring(Host));
        Assert.Equal(due, Remembered(Host, "due"));

        await Host.PowerOffAsync();
        await ShiftAsync(TimeSpan.FromHours(-2));
        await Host.BootAsync();
        await UntilAsync(Host, "the overdue one", () => Recurring(Host).Length == 2 && Remembered(Host, "due") > due);
        await AssertAllWholeAsync(Host);
        await Host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Clock_that_was_wrong_neither_stops_the_saves_nor_costs_all_snapshots()
    {
        await EnableAsync(Every(3600, 7200, keep: 2));
        await UntilAsync(Host, "a snapshot", () => Remembered(Host, "success") > 0);

        // Set back by a day: what was saved last is of tomorrow.
        await Host.DockerAsync("stop", ScheduleContainer.Name);
        await ShiftAsync(TimeSpan.FromDays(1));
        await Host.DockerAsync("start", ScheduleContainer.Name);
        await UntilAsync(Host, "a save in spite of it", () => Recurring(Host).Length == 2 && Remembered(Host, "success") < DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds());

        // Set forward by years: everything is older than the retention. Only when it stays so do old ones go.
        await Host.DockerAsync("stop", ScheduleContainer.Name);
        await ShiftAsync(TimeSpan.FromDays(-1500));
        await Host.DockerAsync("start", ScheduleContainer.Name);
        await UntilAsync(Host, "the log to say that none goes", async () => (await LogAsync()).Contains("nothing is removed this time", StringComparison.Ordinal));
        Assert.Equal(3, Recurring(Host).Length);
        await Host.DockerAsync("stop", ScheduleContainer.Name);
        await ShiftAsync(TimeSpan.FromMinutes(-90));
        await Host.DockerAsync("start", ScheduleContainer.Name);
        await UntilAsync(Host, "two old ones to go", async () => (await LogAsync()).Contains("removed 2 that", StringComparison.Ordinal));
        Assert.Equal(2, Recurring(Host).Length);
        await AssertAllWholeAsync(Host);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Service_that_is_stopped_or_killed_during_a_save_leaves_nothing_unfinished()
    {
        await using (Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Host))
        {
            await EnableAsync(Every(3600));
            await etcdctl.Reached;
            (await Host.DockerAsync("stop", "--time", "60", ScheduleContainer.Name)).OrThrow();
            Assert.Equal("0", await InspectAsync(Host, "{{.State.ExitCode}}"));
            Assert.Empty(Parts());
        }

        await using (Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Host))
        {
            (await Host.DockerAsync("start", ScheduleContainer.Name)).OrThrow();
            await etcdctl.Reached;
            // Where it was stopped it may not have begun to write.
            await File.WriteAllTextAsync(Path.Combine(Host.SnapshotFolder, ".etcdsnapshot", NameOf(DateTime.UtcNow) + ".part.part"), "half");
            (await Host.RunAsync("kill", "-9", await InspectAsync(Host, "{{.State.Pid}}"))).OrThrow();
        }

        await UntilAsync(Host, "a snapshot by the one that the engine started again", () => Recurring(Host).Length == 1);
        await UntilAsync(Host, "nothing unfinished", () => Parts().Length == 0);
        await AssertAllWholeAsync(Host);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Full_disk_is_told_leaves_no_truncated_file_and_is_recovered_from()
    {
        await using Lab lab = await LabVariants.StartAsync(LabVariants.OneHost(host => host with { SnapshotDiskBytes = 8 * 1024 * 1024 }));
        LabHost host = Assert.Single(lab.EtcdHosts);
        Product product = new(lab);
        Assert.NotNull(Assert.Single(await product.EnableAsync(Every(2, 10))).Value);
        await UntilAsync(host, "a snapshot", () => Recurring(host).Length > 0);

        await host.FillDiskAsync();
        await UntilAsync(host, "a failed save", () => Remembered(host, "failures") >= 2);
        EtcdSnapshotSchedule full = Assert.Single(await product.SchedulesAsync()).Value!;
        Assert.StartsWith("NotEnoughDisk ", full.FailureReason, StringComparison.Ordinal);
        Assert.NotEmpty(Recurring(host));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(host.SnapshotFolder, ".etcdsnapshot"), "*.part*"));
        await AssertAllWholeAsync(host);

        host.FreeDisk();
        await UntilAsync(host, "a good save", () => Remembered(host, "failures") == 0);
    }

    private async Task<string> LogAsync() => (await Host.DockerAsync("logs", ScheduleContainer.Name)).StandardOutput;

    private string[] Parts() => Directory.GetFiles(Path.Combine(Host.SnapshotFolder, ".etcdsnapshot"), "*.part*");

    private async Task RestartEngineAsync(Func<Task> meanwhile)
    {
        await Host.KillDockerdAsync();
        foreach (string process in (await Host.RunAsync("pgrep", "-f", "schedule-snapshots run")).StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await Host.RunAsync("kill", "-9", process); // As the loss of power does, and much faster.
        }

        await meanwhile();
        await Host.StartDockerdAsync();
    }

    /// <summary>Moves all that the service knows of time, which is as if its clock had been moved the other way.</summary>
    private Task ShiftAsync(TimeSpan by)
    {
        Dictionary<string, string> renamed = [];
        foreach (string name in Recurring(Host))
        {
            DateTime taken = DateTime.Parse(name[..^"_etcd".Length], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);
            renamed[name] = NameOf(taken + by);
        }

        foreach ((string name, string other) in renamed)
        {
            File.Move(Path.Combine(Host.SnapshotFolder, name), Path.Combine(Host.SnapshotFolder, other));
        }

        File.WriteAllLines(MemoryPath(Host), File.ReadAllLines(MemoryPath(Host)).Select(line => line.Split('=', 2) switch
        {
            ["success" or "due", { Length: > 0 } seconds] parts => $"{parts[0]}={long.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) + (long)by.TotalSeconds}",
            ["saved", string name] => $"saved={renamed[name]}",
            _ => line,
        }));
        return Task.CompletedTask;
    }

    private void FlipBit(string name)
    {
        using FileStream file = File.Open(Path.Combine(Host.SnapshotFolder, name), FileMode.Open);
        file.Position = 5000;
        int value = file.ReadByte();
        file.Position = 5000;
        file.WriteByte((byte)(value ^ 1));
    }
}
