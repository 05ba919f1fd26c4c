using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Schedules;

public sealed class SchedulePlanTests
{
    [Theory]
    [InlineData("", 12 * 3600, 72 * 3600, 1, false)]
    [InlineData("creation: 5m0s, retention: 24h", 300, 24 * 3600, 1, false)]
    [InlineData("snapshot: true, creation: 1h30m", 5400, 72 * 3600, 1, false)]
    [InlineData("creation: 5m0s, retention: 24h, backup_config: {interval_hours: 4, retention: 6, safe_timestamp: true}", 4 * 3600, 24 * 3600, 6, true)]
    [InlineData("backup_config: {interval_hours: 1, retention: 1}", 3600, 3600, 1, false)]
    public void Values_are_those_of_the_cluster_file(string etcd, int creation, int retention, int keep, bool safe)
    {
        SchedulePlan plan = SchedulePlan.Make(Cluster(etcd)[0], new ScheduleRequest());

        Assert.Equal((TimeSpan.FromSeconds(creation), TimeSpan.FromSeconds(retention), keep, safe), (plan.Creation, plan.Retention, plan.KeepAtLeast, plan.SafeTimestamp));
    }

    [Fact]
    public void What_is_asked_for_comes_before_the_cluster_file()
    {
        ScheduleRequest request = new() { Creation = TimeSpan.FromMinutes(1), Retention = TimeSpan.FromDays(1) };

        SchedulePlan plan = SchedulePlan.Make(Cluster("backup_config: {interval_hours: 4, retention: 6}")[0], request);

        Assert.Equal((TimeSpan.FromMinutes(1), TimeSpan.FromDays(1), 6), (plan.Creation, plan.Retention, plan.KeepAtLeast));
    }

    [Fact]
    public void What_was_not_asked_for_stays_as_the_service_of_this_module_has_it()
    {
        ScheduleRequest request = new() { KeepAtLeast = 3, KeepsValues = true };
        SelectedNode host = Cluster("creation: 1h, retention: 2h")[1];
        EtcdSnapshotSchedule before = new()
        {
            ClusterName = "",
            Node = "",
            Address = "",
            Enabled = true,
            Running = false,
            ManagedBy = ScheduleOwner.EtcdSnapshot,
            Creation = TimeSpan.FromHours(6),
            Retention = TimeSpan.FromDays(9),
            KeepAtLeast = 7,
            Offset = TimeSpan.FromSeconds(11),
        };
        SchedulePlan plan = SchedulePlan.Make(host, request);

        Assert.Equal(new SchedulePlan(TimeSpan.FromHours(6), TimeSpan.FromDays(9), 3, TimeSpan.FromSeconds(11), false), plan.Keep(before, request));
        Assert.Equal(plan, plan.Keep(before with { ManagedBy = ScheduleOwner.Rke }, request));
        Assert.Throws<ScheduleInvalidException>(() => plan.Keep(before, request with { Retention = TimeSpan.FromHours(5) }));
    }

    [Fact]
    public void Hosts_begin_one_after_the_other_and_with_jitter_by_their_names()
    {
        SelectedNode[] hosts = Cluster("");

        Assert.Equal([0, 60, 120], hosts.Select(host => SchedulePlan.Make(host, new ScheduleRequest()).Offset.TotalSeconds));
        Assert.Equal([0, 5, 10], hosts.Select(host => SchedulePlan.Make(host, new ScheduleRequest { Creation = TimeSpan.FromSeconds(30) }).Offset.TotalSeconds));
        double[] spread = [.. hosts.Select(host => SchedulePlan.Make(host, new ScheduleRequest { JitterSeconds = 1000 }).Offset.TotalSeconds)];
        Assert.All(spread, offset => Assert.InRange(offset, 0, 1000));
        Assert.Equal(3, spread.Distinct().Count());
        Assert.Equal(spread, hosts.Select(host => SchedulePlan.Make(host, new ScheduleRequest { JitterSeconds = 1000 }).Offset.TotalSeconds));
    }

    [Theory]
    [InlineData(0, 3600, 1, 0)]
    [InlineData(3600, 3599, 1, 0)]
    [InlineData(1.5, 3600, 1, 0)]
    [InlineData(60, 3600, 0, 0)]
    [InlineData(60, 3600, 1, 60)]
    [InlineData(60, 3600, 1, -1)]
    [InlineData(60, 400_000_000, 1, 0)]
    [InlineData(-60, -30, 1, 0)]
    public void What_no_service_can_be_is_refused(double creation, double retention, int keep, int jitter)
        => Assert.Throws<ScheduleInvalidException>(() => SchedulePlan.Make(
            Cluster("")[0],
            new ScheduleRequest { Creation = TimeSpan.FromSeconds(creation), Retention = TimeSpan.FromSeconds(retention), KeepAtLeast = keep, JitterSeconds = jitter }));

    [Theory]
    [InlineData("/opt/rke/rke-etcd-backup rolling-backup --creation=5m0s --retention=24h0m0s", true, 300, 86_400)]
    [InlineData("/opt/rke-tools/rke-etcd-backup etcd-backup save --creation 12h --retention 72h --name x", true, 43_200, 259_200)]
    [InlineData("/opt/rke-tools/rke-etcd-backup etcd-backup save --once --name x", false, null, null)]
    [InlineData("/opt/rke-tools/rke-etcd-backup etcd-backup save --retention=24 --creation", true, null, null)]
    [InlineData("sleep 3600", false, null, null)]
    public void Service_of_RKE_is_told_by_its_command(string command, bool isService, int? creation, int? retention)
    {
        string[] words = command.Split(' ');

        Assert.Equal(isService, RkeCommand.IsService(words));
        Assert.Equal(creation, (int?)RkeCommand.Duration(words, "creation")?.TotalSeconds);
        Assert.Equal(retention, (int?)RkeCommand.Duration(words, "retention")?.TotalSeconds);
    }

    private static SelectedNode[] Cluster(string etcd)
    {
        RkeCluster cluster = ClusterFile.Parse(
            $$"""
            nodes:
              - {address: 10.0.0.1, user: rke, role: [etcd, controlplane]}
              - {address: 10.0.0.2, user: rke, role: [etcd]}
              - {address: 10.0.0.3, user: rke, role: [etcd]}
            services:
              etcd: {{{etcd}}}
            """);
        return [.. cluster.Nodes.Select(node => new SelectedNode(cluster, node))];
    }
}
