using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>What others do to the service's folder, its memory and its member.</summary>
public sealed class HardshipTests(LabFixture fixture) : ScheduleTest(fixture)
{
    [SkippableFact]
    public Task Folder_that_was_moved_away_is_noticed_and_the_new_one_is_used() => MoveAwayAsync(creation: 2);

    [SkippableFact]
    [Trait("Speed", "Long")]
    public Task Folder_that_was_moved_away_is_noticed_long_before_the_next_one_is_due() => MoveAwayAsync(creation: 3600);

    private async Task MoveAwayAsync(int creation)
    {
        await EnableAsync(Every(creation));
        await UntilAsync(Host, "a snapshot", () => Recurring(Host).Length >= 1);

        string moved = Host.SnapshotFolder + ".moved";
        Directory.Move(Host.SnapshotFolder, moved);
        Directory.CreateDirectory(Host.SnapshotFolder);
        try
        {
            await UntilAsync(Host, "a snapshot in the new folder", () => Recurring(Host).Length >= 1);
            await AssertAllWholeAsync(Host);
        }
        finally
        {
            Directory.Delete(moved, recursive: true);
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Disk_that_is_mounted_over_the_folder_is_noticed_and_enabling_again_uses_it()
    {
        const string folder = "/opt/rke/etcd-snapshots";
        await EnableAsync(Every(3600));
        await UntilAsync(Host, "a snapshot", () => Remembered(Host, "success") > 0);
        Assert.False((await LookAsync()).SavesElsewhere);

        (await Host.RunAsync("mount", "-t", "tmpfs", "-o", "size=16m", "lab", folder)).OrThrow();
        try
        {
            Assert.True(await LookAsync() is { SavesElsewhere: true, Running: true, Overdue: true, Count: 0 });
            Assert.Contains(Product.Story, told => told is HostWarning warning && warning.Message.Contains("something was mounted over it", StringComparison.Ordinal));

            Assert.StartsWith("Restart recurring etcd snapshots, which go into another folder", (await Product.AskAsync(Every(3600))).Questions[Host.Name], StringComparison.Ordinal);
            Assert.False((await EnableAsync(Every(3600))).SavesElsewhere);
            await UntilAsync(Host, "a snapshot on the new disk", () => Recurring(Host).Length == 1);
            await AssertAllWholeAsync(Host);
        }
        finally
        {
            await Host.DockerAsync("rm", "-f", ScheduleContainer.Name);
            (await Host.RunAsync("umount", folder)).OrThrow();
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Memory_that_cannot_be_written_does_not_make_it_save_without_end()
    {
        await EnableAsync(Every(3600));
        await UntilAsync(Host, "a snapshot", () => Remembered(Host, "success") > 0);
        (await Host.DockerAsync("stop", ScheduleContainer.Name)).OrThrow();
        await File.WriteAllTextAsync(MemoryPath(Host), Memory(Host).Replace($"due={Remembered(Host, "due")}", $"due={Remembered(Host, "success") - 60}", StringComparison.Ordinal));
        Directory.CreateDirectory(MemoryPath(Host) + ".new");

        (await Host.DockerAsync("start", ScheduleContainer.Name)).OrThrow();
        await UntilAsync(Host, "the overdue one", () => Recurring(Host).Length == 2);
        await Task.Delay(TimeSpan.FromSeconds(5));

        Assert.Equal(2, Recurring(Host).Length);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Member_without_a_quorum_is_told_and_not_saved()
    {
        await Task.WhenAll(Lab.Hosts[1].StopEtcdAsync(), Lab.Hosts[2].StopEtcdAsync());
        // Who leads notices after an election's time that nobody follows.
        await UntilAsync(Host, "no leader", async () => !System.Text.RegularExpressions.Regex.IsMatch((await Host.EtcdctlAsync("endpoint", "status", "--write-out=json")).StandardOutput, "\"leader\":[1-9]"));
        await EnableAsync(Every(3600));

        await UntilAsync(Host, "a failed save", () => Remembered(Host, "failures") >= 1);

        Assert.Matches("^EtcdUnhealthy .*[a-z]", (await LookAsync()).FailureReason);
        Assert.Empty(Recurring(Host));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Hosts_stay_apart_after_their_first_snapshots()
    {
        Outcome<EtcdSnapshotSchedule>[] enabled = await Product.EnableAsync(new ScheduleRequest { Creation = TimeSpan.FromHours(1), JitterSeconds = 8 }, Lab.Hosts[1].Name, Lab.Hosts[2].Name);
        Assert.All(enabled, outcome => Assert.Null(outcome.Failure));

        await UntilAsync(Lab.Hosts[1], "the one's", () => Remembered(Lab.Hosts[1], "success") > 0);
        await UntilAsync(Lab.Hosts[2], "the other's", () => Remembered(Lab.Hosts[2], "success") > 0);

        // By their names: 0 and 6 seconds.
        double apart = Math.Abs((enabled[1].Value!.Offset - enabled[0].Value!.Offset)!.Value.TotalSeconds);
        Assert.NotEqual(0, apart);
        Assert.InRange(Remembered(Lab.Hosts[2], "due") - Remembered(Lab.Hosts[1], "due"), apart - 1, apart + 10);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Old_ones_of_which_nothing_is_remembered_are_spared_once()
    {
        await Product.SaveAsync("whole", Host.Name);
        DateTime old = DateTime.UtcNow.AddDays(-80);
        for (int i = 0; i < 5; i++)
        {
            Put(Host, NameOf(old.AddHours(i)));
        }

        // When the clock was wrong once: it does not tell when the last good save was.
        Put(Host, NameOf(DateTime.UtcNow.AddYears(5)));
        await EnableAsync(Every(3600, 7200));
        await UntilAsync(Host, "the log to say that none goes", async () => (await Host.DockerAsync("logs", ScheduleContainer.Name)).StandardOutput.Contains("nothing is removed this time", StringComparison.Ordinal));

        Assert.Equal(7, Recurring(Host).Length);
    }
}
