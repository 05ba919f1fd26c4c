using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Schedules;

public sealed class ScheduleSelectionTests
{
    private const string Text = "nodes: [{address: 10.0.0.1, hostname_override: node1, user: u, role: [etcd, controlplane, worker]}]";

    [Fact]
    public void File_that_was_read_twice_is_one_cluster_and_another_file_of_its_name_is_not()
    {
        RkeCluster one = ClusterFile.Parse(Text) with { Path = "/a/cluster.yml" };
        RkeCluster again = ClusterFile.Parse(Text) with { Path = "/a/cluster.yml" };
        RkeCluster other = ClusterFile.Parse(Text) with { Path = "/b/cluster.yml" };
        EtcdSnapshotSchedule[] schedules = [Of(one), Of(again), Of(other)];

        Assert.Equal([one, other], ScheduleSelection.Clusters(schedules), ReferenceEqualityComparer.Instance);
        Assert.True(ScheduleSelection.IsOf(Of(again), new SelectedNode(one, one.Nodes[0]), byName: false));
        Assert.False(ScheduleSelection.IsOf(Of(other), new SelectedNode(one, one.Nodes[0]), byName: false));
        Assert.True(ScheduleSelection.IsOf(Of(other), new SelectedNode(one, one.Nodes[0]), byName: true));
    }

    private static EtcdSnapshotSchedule Of(RkeCluster cluster) => new()
    {
        ClusterName = cluster.Name,
        Node = cluster.Nodes[0].Name,
        Address = cluster.Nodes[0].Address,
        Enabled = false,
        ManagedBy = ScheduleOwner.None,
        Running = false,
        Origin = new SelectedNode(cluster, cluster.Nodes[0]),
    };
}
