using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Formatting;

public sealed class DisplayTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1024L, "1.0 KB")]
    [InlineData((1L << 20) - 1, "1.0 MB")]
    [InlineData(412L << 20, "412 MB")]
    [InlineData(2048L << 30, "2.0 TB")]
    [InlineData(long.MaxValue, "8388608 TB")]
    public void A_size_has_two_or_three_digits_and_a_unit(long? bytes, string shown) => Assert.Equal(shown, Display.Size(bytes));

    [Theory]
    [InlineData(null, "")]
    [InlineData(0.04, "0.0 s")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(59.96, "1 min 00 s")]
    [InlineData(185.0, "3 min 05 s")]
    [InlineData(3599.9, "1 h 00 min")]
    [InlineData(90060.0, "25 h 01 min")]
    [InlineData(1238400.0, "14 d 08 h")]
    public void A_duration_has_its_two_largest_units(double? seconds, string shown) =>
        Assert.Equal(shown, Display.Duration(seconds is { } value ? TimeSpan.FromSeconds(value) : null));

    [Fact]
    public void A_time_is_on_the_clock_of_the_reader()
    {
        DateTime local = new(2026, 2, 3, 4, 5, 6, DateTimeKind.Local);

        Assert.Equal("2026-02-03 04:05:06", Display.Time(local.ToUniversalTime()));
        Assert.Equal("", Display.Time(null));
    }

    [Fact]
    public void A_copy_is_asked_about_with_its_cluster_where_that_is_known()
    {
        EtcdSnapshot file = new() { Name = "a", Path = "/backup/a", Location = SnapshotLocation.File, Size = 1, CreatedAt = DateTime.UnixEpoch };
        EtcdSnapshot copy = file with { ClusterName = "lab", Node = "node1", Address = "10.0.0.1", Location = SnapshotLocation.Host };

        Assert.Equal("lab: node1:/backup/a", Display.CopyTarget(copy));
        Assert.Equal("/backup/a", Display.CopyTarget(file));
    }

    [Fact]
    public void A_question_ends_with_what_is_restarted_and_on_how_many_nodes()
    {
        RestorePlan plan = new()
        {
            ClusterName = "lab",
            Snapshot = "good",
            Hosts = [],
            Restarts = [Restart("kube-apiserver", "kubelet"), Restart("kubelet", "Network")],
        };

        Assert.EndsWith("; then restarts kube-apiserver, kubelet, Network on 2 nodes", Display.RestoreAction(plan), StringComparison.Ordinal);
        Assert.EndsWith("cut off; then restarts kubelet on 1 node", Display.RestoreAction(plan with { Resumes = "1", Restarts = [Restart("kubelet")] }), StringComparison.Ordinal);
        Assert.DoesNotContain("restarts", Display.RestoreAction(plan with { Restarts = [] }), StringComparison.Ordinal);

        static RestorePlanRestart Restart(params string[] components) => new() { Node = "a", Address = "10.0.0.1", Components = components };
    }
}
