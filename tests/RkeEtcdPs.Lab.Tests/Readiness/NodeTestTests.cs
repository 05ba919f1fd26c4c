using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Readiness;

public sealed class NodeTestTests(LabFixture fixture) : ProductTest(fixture)
{
    private const string Snapshot = "nightly";

    [SkippableFact]
    public async Task Nodes_that_are_ready_pass_every_check()
    {
        await Product.SaveAsync(Snapshot);

        NodeCheck[] checks = await TestAsync();

        NodeCheckPoint[] all = [.. Enum.GetValues<NodeCheckPoint>().Except([NodeCheckPoint.Name, NodeCheckPoint.Node])];
        Assert.All(checks, check => Assert.True(check.Severity == NodeCheckSeverity.OK, check.ToString()));
        Assert.All(checks.GroupBy(check => check.Node), node => Assert.Equal(all.Order(), node.Select(check => check.Check).Order()));
        Assert.Equal(3, checks.Select(check => check.Node).Distinct().Count());
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Recurring_service_that_does_not_run_and_snapshot_of_the_future_are_found()
    {
        await Product.SaveAsync(Snapshot);
        File.Copy(Path.Combine(Lab.Hosts[0].SnapshotFolder, Snapshot), Path.Combine(Lab.Hosts[0].SnapshotFolder, $"{DateTime.UtcNow.Year + 1}-01-02T00:00:00Z_etcd"));
        await Product.EnableAsync(new ScheduleRequest { Creation = TimeSpan.FromHours(1), JitterSeconds = 0 }, Lab.Hosts[1].Name);
        (await Lab.Hosts[1].DockerAsync("stop", "etcd-rolling-snapshots")).OrThrow();

        NodeCheck[] checks = await TestAsync();

        NodeCheck[] warnings = [.. checks.Where(check => check.Severity >= NodeCheckSeverity.Warning).OrderBy(check => check.Node, StringComparer.Ordinal)];
        Assert.Equal(
            [(Lab.Hosts[0].Name, NodeCheckPoint.NewestSnapshot), (Lab.Hosts[1].Name, NodeCheckPoint.Schedule)],
            warnings.Select(check => (check.Node, check.Check)));
        Assert.Contains("after now on this host", warnings[0].Finding, StringComparison.Ordinal);
        Assert.Contains("does not run", warnings[1].Finding, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Faults_of_the_way_are_found_where_they_are_and_hide_no_others()
    {
        await Lab.Hosts[1].KillDockerdAsync();
        try
        {
            RkeNode good = Product.Cluster.Nodes[0];
            NodeCheck[] checks = await TestAsync(
                new NodeTestRequest(),
                good,
                good with { Name = "unnamed", Address = "no-such-host.invalid" },
                good with { Name = "closed", Port = 1 },
                good with { Name = "stranger", User = "nobody" },
                good with { Name = "socketless", DockerSocket = "/run/none.sock" },
                Product.Cluster.Nodes[1]);

            Assert.Equal((NodeCheckPoint.Name, "NodeUnreachable"), OnlyError(checks, "unnamed"));
            Assert.Equal((NodeCheckPoint.Port, "NodeUnreachable"), OnlyError(checks, "closed"));
            Assert.Equal((NodeCheckPoint.Login, "AuthenticationFailed"), OnlyError(checks, "stranger"));
            Assert.Equal((NodeCheckPoint.Engine, "DockerUnavailable"), OnlyError(checks, "socketless"));
            Assert.Equal((NodeCheckPoint.Engine, "DockerUnavailable"), OnlyError(checks, Lab.Hosts[1].Name));
            Assert.DoesNotContain(checks, check => check.Node == good.Name && check.Severity == NodeCheckSeverity.Error);
            Assert.Contains(checks, check => check is { Node: "stranger", Check: NodeCheckPoint.HostKey, Severity: NodeCheckSeverity.OK });
            Assert.DoesNotContain(checks, check => check is { Node: "closed", Severity: NodeCheckSeverity.OK });
        }
        finally
        {
            await Lab.Hosts[1].StartDockerdAsync();
        }
    }

    [SkippableFact]
    public async Task Faults_on_hosts_are_found_with_what_they_would_fail_with()
    {
        await Product.SaveAsync(Snapshot);
        await Lab.Hosts[0].StopEtcdAsync();
        await CorruptAsync(Path.Combine(Lab.Hosts[1].SnapshotFolder, Snapshot));
        (await Lab.Hosts[1].DockerAsync("create", "--name", "etcd-snapshot-once", await ImageAsync(Lab.Hosts[1]))).OrThrow();
        File.Delete(Path.Combine(Lab.Hosts[2].SnapshotFolder, Snapshot));
        (await Lab.Hosts[2].RunAsync("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", "/opt/rke/etcd-snapshots")).OrThrow();
        try
        {
            NodeCheck[] checks = await TestAsync(new NodeTestRequest { CertificateTime = TimeSpan.FromDays(100_000) }, [.. Product.Cluster.Nodes]);

            Assert.Equal((NodeCheckPoint.EtcdContainer, "EtcdNotRunning"), OnlyError(checks, Lab.Hosts[0].Name));
            Assert.Equal(
                [(NodeCheckPoint.SaveLock, "OperationInProgress"), (NodeCheckPoint.NewestSnapshot, "SnapshotCorrupt")],
                Errors(checks, Lab.Hosts[1].Name));
            Assert.Equal((NodeCheckPoint.SnapshotDisk, "NotEnoughDisk"), OnlyError(checks, Lab.Hosts[2].Name));
            Assert.Contains(checks, check => check.Node == Lab.Hosts[2].Name && check is { Check: NodeCheckPoint.NewestSnapshot, Severity: NodeCheckSeverity.Warning });
            Assert.All(Lab.Hosts, host => Assert.Contains(checks, check => check.Node == host.Name && check is { Check: NodeCheckPoint.Certificates, Severity: NodeCheckSeverity.Warning }));
            Assert.All(checks.Where(check => check.Severity >= NodeCheckSeverity.Warning), check => Assert.NotEmpty(check.Advice));
        }
        finally
        {
            (await Lab.Hosts[2].RunAsync("umount", "/opt/rke/etcd-snapshots")).OrThrow();
            (await Lab.Hosts[1].DockerAsync("rm", "etcd-snapshot-once")).OrThrow();
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private static (NodeCheckPoint, string?) OnlyError(NodeCheck[] checks, string node) => Assert.Single(Errors(checks, node));

    private static (NodeCheckPoint, string?)[] Errors(NodeCheck[] checks, string node) =>
        [.. checks.Where(check => check.Node == node && check.Severity == NodeCheckSeverity.Error).Select(check => (check.Check, check.Id))];

    private static async Task<string> ImageAsync(LabHost host) =>
        (await host.DockerAsync("inspect", "--format", "{{.Image}}", "service-sidekick")).OrThrow().StandardOutput.Trim();

    private static async Task CorruptAsync(string path)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = file.Length / 2;
        int old = file.ReadByte();
        file.Position--;
        file.WriteByte((byte)(old ^ 1));
    }

    private Task<NodeCheck[]> TestAsync() => TestAsync(new NodeTestRequest(), [.. Product.Cluster.Nodes]);

    private async Task<NodeCheck[]> TestAsync(NodeTestRequest request, params RkeNode[] nodes)
    {
        List<NodeCheck> checks = [];
        SelectedNode[] selected = [.. nodes.Select(node => new SelectedNode(Product.Cluster, node))];
        await foreach (NodeCheck check in new NodeTest(Product.Options, TimeProvider.System, Product).RunAsync(selected, request))
        {
            checks.Add(check);
        }

        return [.. checks];
    }
}
