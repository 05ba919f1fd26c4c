using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Schedules;

public sealed class ScheduleLookTests
{
    private static readonly DateTime Now = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private static EtcdSnapshotSchedule Ours => new()
    {
        ClusterName = "lab",
        Node = "node1",
        Address = "10.0.0.1",
        Enabled = true,
        ManagedBy = ScheduleOwner.EtcdSnapshot,
        Running = true,
        Creation = TimeSpan.FromHours(12),
        Offset = TimeSpan.FromMinutes(2),
    };

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, true)]
    public void Service_that_never_saved_is_overdue_once_it_should_have(int minutes, bool overdue)
    {
        EtcdSnapshotSchedule seen = Look().AddTo(Ours, Now.AddMinutes(-minutes));

        Assert.Equal(overdue, seen.Overdue);
        Assert.Null(seen.LastSuccess);
    }

    [Fact]
    public void Newest_file_that_the_service_rejected_is_no_success()
    {
        EtcdSnapshotSchedule seen = Look("memory success=", "memory creation=43200", $"memory due={Seconds(Now.AddHours(-1))}", "newest 20260102110000 2026-01-02T11:00:00Z_etcd").AddTo(Ours, Now.AddDays(-1));

        Assert.Null(seen.LastSuccess);
        Assert.True(seen.Overdue);
    }

    [Fact]
    public void Where_the_service_tells_nothing_the_newest_file_counts()
    {
        EtcdSnapshotSchedule seen = Look("newest 20260102110000 2026-01-02T11:00:00Z_etcd").AddTo(Ours, Now.AddDays(-1));

        Assert.Equal(Now.AddHours(-1), seen.LastSuccess);
        Assert.Equal(Now.AddHours(11), seen.NextDue);
        Assert.False(seen.Overdue);
    }

    [Theory]
    [InlineData(12, false)]
    [InlineData(13, true)]
    public void Service_of_RKE_that_never_saved_is_overdue_once_its_time_has_come(int hours, bool overdue)
    {
        EtcdSnapshotSchedule rke = Ours with { ManagedBy = ScheduleOwner.Rke, Offset = null };

        Assert.Equal(overdue, Look().AddTo(rke, Now.AddHours(-hours)).Overdue);
        Assert.False(Look().AddTo(rke with { Creation = null }, Now.AddHours(-hours)).Overdue);
    }

    [Theory]
    [InlineData(5, false)]
    [InlineData(40, true)]
    public void Save_of_a_large_database_has_the_time_that_its_bytes_need(int minutes, bool overdue)
    {
        string[] lines = [$"memory success={Seconds(Now.AddHours(-12))}", "memory creation=43200", $"memory due={Seconds(Now.AddMinutes(-minutes))}", "files 2 16000000000"];

        Assert.Equal(overdue, Look(lines).AddTo(Ours, Now.AddDays(-1)).Overdue);
    }

    [Fact]
    public void Sizes_and_periods_that_cannot_be_are_no_failure()
    {
        string[] lines = [$"memory success={Seconds(Now.AddHours(-12))}", "memory creation=10", "memory due=99999999999", "files 1 9000000000000000000"];

        EtcdSnapshotSchedule seen = Look(lines).AddTo(Ours, Now.AddDays(-1));

        // What was planned for another period does not count.
        Assert.Equal(Now, seen.NextDue);
        Assert.False(seen.Overdue);
    }

    private static ScheduleLook Look(params string[] lines)
    {
        ScheduleLook look = new();
        foreach (string line in (string[])[$"now {Seconds(Now)}", .. lines, "end"])
        {
            look.Add(line);
        }

        return look;
    }

    private static long Seconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeSeconds();
}
