using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class RestorePlanTests
{
    private static readonly RestorePlan Plan = new()
    {
        ClusterName = "prod",
        Snapshot = "nightly",
        ContentHash = "abc",
        Revision = 7,
        CurrentRevision = 12,
        Hosts = [new RestorePlanHost { Node = "a", Address = "10.0.0.1", Member = "etcd-a", Container = "1", DataPath = "/var/lib/etcd" }],
    };

    [Fact]
    public void Plan_kept_as_json_is_the_same_plan()
    {
        RestorePlan read = JsonSerializer.Deserialize<RestorePlan>(JsonSerializer.Serialize(Plan))!;

        Assert.Equal(Plan.Fingerprint, read.Fingerprint);
        Assert.Equal(5, read.LostRevisions);
    }

    [Fact]
    public void Plan_made_from_other_bytes_or_another_container_is_another_plan()
    {
        Assert.NotEqual(Plan.Fingerprint, (Plan with { ContentHash = "abd" }).Fingerprint);
        Assert.NotEqual(Plan.Fingerprint, (Plan with { Hosts = [Plan.Hosts[0] with { Container = "2" }] }).Fingerprint);
        Assert.NotEqual(Plan.Fingerprint, (Plan with { Hosts = [Plan.Hosts[0] with { Authority = "/ca" }] }).Fingerprint);
        RestorePlan designed = Plan with { Hosts = [Plan.Hosts[0] with { Design = "a" }] };
        Assert.NotEqual(Plan.Fingerprint, designed.Fingerprint);
        Assert.Equal(designed.Fingerprint, JsonSerializer.Deserialize<RestorePlan>(JsonSerializer.Serialize(designed))!.Fingerprint);
    }

    [Fact]
    public void Plan_that_would_mean_something_else_now_is_stale_and_says_why()
    {
        RestorePlan reviewed = Plan with { Nodes = ["a"], ClusterId = "1", MadeAt = DateTime.UtcNow };

        Assert.Null(reviewed.FindStale(reviewed with { CurrentRevision = 13, MadeAt = DateTime.UtcNow.AddMinutes(5) }));
        Assert.Null(reviewed.FindStale(reviewed with { ClusterId = null }));
        Assert.Contains("did not serve when it was made", (reviewed with { ClusterId = null }).FindStale(reviewed));
        Assert.Contains("30 hours", reviewed.FindStale(reviewed with { MadeAt = DateTime.UtcNow.AddHours(30) }));
        Assert.Contains("for a, b", (reviewed with { Nodes = ["a", "b"] }).FindStale(reviewed));
        Assert.Contains("from a, and this would be from each host", (reviewed with { SourceNode = "a" }).FindStale(reviewed));
        Assert.Contains("from /f, and this would be from a", (reviewed with { Source = "/f" }).FindStale(reviewed with { SourceNode = "a" }));
        Assert.Contains("made anew", reviewed.FindStale(reviewed with { ClusterId = "2" }));
        Assert.Contains("snapshot", reviewed.FindStale(reviewed with { ContentHash = "abd" }));
        Assert.Contains("authority", reviewed.FindStale(reviewed with { Hosts = [reviewed.Hosts[0] with { Authority = "/ca" }] }));
        Assert.Contains("not be as they were planned", reviewed.FindStale(reviewed with { Hosts = [reviewed.Hosts[0] with { Design = "2" }] }));
        Assert.Contains("hosts", reviewed.FindStale(reviewed with { Hosts = [reviewed.Hosts[0] with { Container = "2" }] }));
    }

    [Fact]
    public void Plan_names_what_restarts_on_every_node_and_nothing_else_is_restarted_by_it()
    {
        RkeNode master = new() { ClusterName = "c", Name = "a", Address = "10.0.0.1", InternalAddress = "10.0.0.1", Roles = NodeRoles.ControlPlane | NodeRoles.Etcd };
        RkeCluster cluster = new() { Name = "c", Etcd = new EtcdService(), Nodes = [master, master with { Name = "w", Roles = NodeRoles.Worker }] };
        RestorePlan plan = Plan with { Restarts = RestorePlanRestart.AllOf(cluster), MadeAt = DateTime.UtcNow };
        RestorePlan read = JsonSerializer.Deserialize<RestorePlan>(JsonSerializer.Serialize(plan))!;

        Assert.Equal(
            ["a (10.0.0.1): kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, Network", "w (10.0.0.1): kubelet, kube-proxy, Network"],
            read.Restarts.Select(restart => restart.ToString()));
        Assert.Equal(plan.Fingerprint, read.Fingerprint);
        Assert.NotEqual(plan.Fingerprint, (plan with { Restarts = [] }).Fingerprint);
        Assert.Null(read.FindStale(plan));
        Assert.Null(plan.FindStale(plan with { Restarts = [] }));
        Assert.Contains("restarted", plan.FindStale(plan with { Restarts = [plan.Restarts[0]] }));
        Assert.Contains("restarted", (plan with { Restarts = [] }).FindStale(plan));
    }

    [Fact]
    public void Clocks_that_differ_from_each_other_are_told_and_not_one_that_all_share()
    {
        Assert.Null(MemberSurvey.DescribeClocks([("a", TimeSpan.FromHours(1)), ("b", TimeSpan.FromHours(1) + TimeSpan.FromSeconds(4))]));
        Assert.Contains("a 0 s, b -9 s", MemberSurvey.DescribeClocks([("a", TimeSpan.Zero), ("b", TimeSpan.FromSeconds(-9))]));
    }

    [Fact]
    public void Look_reads_every_operation_with_its_record()
    {
        HostLook look = HostLook.Parse(
            ["now 1700000000", "free 5", "member 9", "operation b", "has kept 3", "record phase=done", "record cluster=my = cluster", "operation a", "record garbage"]);

        Assert.Equal(["a", "b"], look.Operations.Select(operation => operation.Operation));
        Assert.Null(look.Operations[0].Phase);
        Assert.Equal(RestorePhase.Done, look.Operations[1].Phase);
        Assert.Equal("my = cluster", look.Operations[1].Cluster);
        Assert.Equal((5, 9, 3), (look.Free, look.Data, look.Operations[1].Kept));
    }

    [Fact]
    public void Room_is_counted_as_if_what_killed_clients_have_left_were_removed()
    {
        HostLook look = HostLook.Parse(
            ["free 5", "operation a", "has staged 10", "operation b", "has staged 20", "record phase=staging", "operation c", "has staged 40", "record phase=switching", "operation d", "has staged 80", "has kept 1"]);

        Assert.Equal(35, look.FreeAfterSweep);
    }

    [Fact]
    public void Revisions_are_raised_only_where_asked_and_then_marked_as_compacted()
    {
        RestoreTool tool = new("/usr/local/bin/etcdutl", Bumps: true, SkipsHash: true);

        Assert.Equal("--skip-hash-check", tool.Restore("op", "s", "m", "u", "c", "t", bump: 0)[^1]);
        Assert.Equal(["--bump-revision=1000000000", "--mark-compacted"], tool.Restore("op", "s", "m", "u", "c", "t", RestoreTool.LeastBump).TakeLast(2));
    }

    [Theory]
    [InlineData(null, new long[0], 1_000_000_000)]
    [InlineData(80L, new long[0], 1_000_000_000)]
    [InlineData(120L, new long[0], 1_000_000_020)]
    [InlineData(1_000_000_300L, new[] { 1_000_000_090L }, 2_000_000_200)]
    [InlineData(null, new[] { 1_000_000_090L, 7L }, 1_999_999_990)]
    public void Revisions_rise_beyond_all_that_anybody_can_have_seen(long? current, long[] restored, long bump)
        => Assert.Equal(bump, RestoreTool.BumpOver(100, current, restored));

    [Fact]
    public void Revisions_that_an_earlier_restore_skipped_are_not_counted_as_lost()
    {
        Assert.Null((Plan with { Raised = true }).LostRevisions);
        Assert.Null(JsonSerializer.Deserialize<RestorePlan>(JsonSerializer.Serialize(Plan with { Raised = true }))!.LostRevisions);
    }

    [Theory]
    [InlineData(0, "https://127.0.0.1:2379 is healthy: successfully committed proposal: took = 2ms", true)]
    [InlineData(1, "https://127.0.0.1:2379 is unhealthy: failed to commit proposal: Active Alarm(s): NOSPACE", true)]
    [InlineData(1, "https://127.0.0.1:2379 is unhealthy: failed to commit proposal: context deadline exceeded", false)]
    public void Member_with_an_alarm_is_healthy(int exitCode, string said, bool healthy)
        => Assert.Equal(healthy, MemberProbe.IsHealthy(new ProgramResult(exitCode, "", said + "\nError: unhealthy cluster")));

    [Theory]
    [InlineData("--name=etcd-a", "--name=etcd-b")]
    [InlineData("--listen-peer-urls=https://10.0.0.1:2380", "--listen-peer-urls=https://10.0.0.11:2380")]
    [InlineData("--cert-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1.pem", "--cert-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-11.pem")]
    [InlineData("ETCDCTL_KEY=/etc/kubernetes/ssl/kube-etcd-10-0-0-1-key.pem", "ETCDCTL_KEY=/etc/kubernetes/ssl/kube-etcd-10-0-0-11-key.pem")]
    [InlineData("--trusted-ca-file=/etc/kubernetes/ssl/kube-ca.pem", "--trusted-ca-file=/etc/kubernetes/ssl/kube-ca.pem")]
    public void Container_of_one_host_is_adapted_to_another(string setting, string adapted)
    {
        RkeNode a = new() { ClusterName = "c", Name = "a", Address = "192.0.2.1", InternalAddress = "10.0.0.1", Roles = NodeRoles.Etcd };
        RkeNode b = a with { Name = "b", Address = "192.0.2.11", InternalAddress = "10.0.0.11" };

        Assert.Equal(adapted, EtcdRecreation.AdaptTo(b, a, setting));
    }
}
