using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Readiness;

public sealed class SnapshotsOnHostTests
{
    private const NodeCheckSeverity Good = NodeCheckSeverity.OK;
    private const NodeCheckSeverity Warning = NodeCheckSeverity.Warning;
    private const NodeCheckSeverity Error = NodeCheckSeverity.Error;

    private static readonly DateTime Now = new(2026, 5, 4, 12, 0, 0, DateTimeKind.Utc);
    private static readonly RkeNode Node = ClusterFile.Parse("nodes: [{address: 10.0.0.1, user: u, role: [etcd, controlplane, worker]}]").Nodes[0];

    private readonly List<string> _read = [];

    [Fact]
    public async Task Newest_that_is_sound_is_the_only_one_that_is_read()
    {
        Assert.Equal([(Good, null, "s1 is 60 minutes old, and sound.")], await CheckAsync(Sound(1), Sound(2)));
        Assert.Equal(["s1"], _read);
    }

    [Fact]
    public async Task Newest_without_a_hash_is_a_warning_where_a_sound_one_lies_beside_it()
        => Assert.Equal(
            [(Warning, null, "s1 is 60 minutes old and is not sound. It has not the hash that etcd writes, so nothing is proved."), (Good, null, "s2 is 2 hours old, and sound.")],
            await CheckAsync(Unknown(1), Sound(2), Corrupt(3)));

    [Fact]
    public async Task Newest_that_is_corrupt_is_an_error_with_the_age_of_the_last_that_is_sound()
        => Assert.Equal(
            [(Error, "SnapshotCorrupt", "s1 is 60 minutes old and is not sound. The snapshot is corrupt: it was cut."), (Warning, null, "s504 is 21 days old, and nothing newer that is sound is there.")],
            await CheckAsync(Corrupt(1), Sound(504)));

    [Fact]
    public async Task Sound_one_that_is_too_old_is_a_warning()
        => Assert.Equal([(Warning, null, "s50 is 2 days old, and nothing newer is there.")], await CheckAsync(Sound(50)));

    [Fact]
    public async Task None_that_is_sound_is_said_and_no_more_are_read_than_a_few()
    {
        (NodeCheckSeverity Severity, string? Id, string Finding)[] checks = await CheckAsync([.. Enumerable.Range(1, 9).Select(Corrupt), Sound(10)]);

        Assert.Equal(["s1", "s2", "s3", "s4"], _read);
        Assert.Equal([Error, Error, Error, Error, Warning], checks.Select(check => check.Severity));
        Assert.Equal("None of the 4 newest snapshots is sound. 6 older ones were not read: how old the newest good one is, is not known.", checks[^1].Finding);
        Assert.Equal("No snapshot on this host is sound.", (await CheckAsync(Corrupt(1)))[^1].Finding);
    }

    [Fact]
    public async Task One_that_goes_away_meanwhile_is_told_and_the_next_is_read()
        => Assert.Equal(
            [(Warning, null, "s1 is 60 minutes old and cannot be read. There is no snapshot file at s1: it is not there any more."), (Good, null, "s2 is 2 hours old, and sound.")],
            await CheckAsync((Copy(1), _ => throw new SnapshotNotFoundException("s1", "it is not there any more", (Exception?)null)), Sound(2)));

    [Fact]
    public async Task What_was_found_before_the_host_went_away_is_told()
    {
        NodeFindings findings = new(Node);

        await Assert.ThrowsAsync<TimedOutException>(() => CheckAsync(findings, Corrupt(1), (Copy(2), _ => throw new TimedOutException(Node, "It", TimeSpan.Zero, "Wait."))));

        Assert.Equal((Error, "SnapshotCorrupt"), (Assert.Single(findings.Checks).Severity, findings.Checks[0].Id));
    }

    private static (EtcdSnapshot, Func<EtcdSnapshot, SnapshotIntegrity>) Sound(int hoursAgo) => (Copy(hoursAgo), _ => SnapshotIntegrity.Sound);

    private static (EtcdSnapshot, Func<EtcdSnapshot, SnapshotIntegrity>) Unknown(int hoursAgo) => (Copy(hoursAgo), _ => SnapshotIntegrity.Unknown);

    private static (EtcdSnapshot, Func<EtcdSnapshot, SnapshotIntegrity>) Corrupt(int hoursAgo) => (Copy(hoursAgo), _ => SnapshotIntegrity.Corrupt);

    private static EtcdSnapshot Copy(int hoursAgo) => new()
    {
        Name = $"s{hoursAgo}",
        Path = $"/opt/rke/etcd-snapshots/s{hoursAgo}",
        Location = SnapshotLocation.Host,
        Kind = SnapshotKind.OneTime,
        Size = 1 << 20,
        CreatedAt = Now.AddHours(-hoursAgo),
    };

    private async Task<(NodeCheckSeverity Severity, string? Id, string Finding)[]> CheckAsync(params (EtcdSnapshot, Func<EtcdSnapshot, SnapshotIntegrity>)[] snapshots)
    {
        NodeFindings findings = new(Node);
        await CheckAsync(findings, snapshots);
        Assert.All(findings.Checks.Where(check => check.Severity >= Warning), check => Assert.NotEmpty(check.Advice));
        return [.. findings.Checks.Select(check => (check.Severity, check.Id, check.Finding))];
    }

    private async Task CheckAsync(NodeFindings findings, params (EtcdSnapshot Copy, Func<EtcdSnapshot, SnapshotIntegrity> Prove)[] snapshots)
        => await SnapshotsOnHost.CheckAsync([.. snapshots.Select(snapshot => snapshot.Copy).Reverse()], Prover(snapshots), TimeSpan.FromHours(26), Now, findings);

    private Func<EtcdSnapshot, Task<EtcdSnapshotCheck>> Prover((EtcdSnapshot Copy, Func<EtcdSnapshot, SnapshotIntegrity> Prove)[] snapshots) => snapshot =>
    {
        _read.Add(snapshot.Name);
        SnapshotIntegrity integrity = snapshots.Single(one => one.Copy == snapshot).Prove(snapshot);
        return Task.FromResult(new EtcdSnapshotCheck
        {
            Path = snapshot.Path,
            Integrity = integrity,
            Faults = integrity == SnapshotIntegrity.Corrupt ? [new SnapshotCorruptException("it was cut")] : [],
            Size = snapshot.Size,
            Duration = TimeSpan.Zero,
        });
    };
}
