using System.Globalization;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

public sealed class SnapshotFileNameTests
{
    [Theory]
    [InlineData("nightly", "nightly", SnapshotKind.OneTime, false, null)]
    [InlineData("nightly.zip", "nightly", SnapshotKind.OneTime, false, null)]
    [InlineData(".zip", ".zip", SnapshotKind.OneTime, false, null)]
    [InlineData("rke_etcd_snapshot_2026-02-03T04:05:06+01:00", "rke_etcd_snapshot_2026-02-03T04:05:06+01:00", SnapshotKind.OneTime, false, "2026-02-03T03:05:06")]
    [InlineData("2026-02-03T04:05:06Z_etcd", "2026-02-03T04:05:06Z_etcd", SnapshotKind.Recurring, false, "2026-02-03T04:05:06")]
    [InlineData("2026-02-03T04-05-06Z_etcd.zip", "2026-02-03T04-05-06Z_etcd", SnapshotKind.Recurring, false, "2026-02-03T04:05:06")]
    [InlineData("2026-13-03T04:05:06Z_etcd", "2026-13-03T04:05:06Z_etcd", SnapshotKind.Recurring, false, null)]
    [InlineData("12026-02-03T04:05:06Z", "12026-02-03T04:05:06Z", SnapshotKind.OneTime, false, null)]
    [InlineData("x.part", "x", SnapshotKind.OneTime, true, null)]
    [InlineData(".x.etcdsnapshot.part", "x", SnapshotKind.OneTime, true, null)]
    [InlineData(".x.etcdsnapshot.part.part", "x", SnapshotKind.OneTime, true, null)]
    [InlineData(".x.zip.etcdsnapshot-0a1b2c3d.part", "x", SnapshotKind.OneTime, true, null)]
    [InlineData(".x.etcdsnapshot-0a1b2c3.part", ".x.etcdsnapshot-0a1b2c3", SnapshotKind.OneTime, true, null)]
    [InlineData(".part", ".part", SnapshotKind.OneTime, false, null)]
    [InlineData("", "", SnapshotKind.OneTime, false, null)]
    public void Name_kind_and_time_are_read_from_the_name(string file, string name, SnapshotKind kind, bool unfinished, string? time) =>
        Assert.Equal(
            new SnapshotFileName(name, kind, unfinished, time is null ? null : DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal)),
            SnapshotFileName.Read(file));
}
