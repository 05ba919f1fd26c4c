using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class NodeSelectionTests
{
    private static readonly IReadOnlyList<RkeNode> Nodes = ClusterFile.Parse("""
        nodes:
        - {address: 192.0.2.1, internal_address: 10.0.0.1, hostname_override: e1, user: u, role: [etcd, controlplane]}
        - {address: 192.0.2.2, internal_address: 10.0.0.2, hostname_override: e2, user: u, role: etcd}
        - {address: 192.0.2.13, internal_address: 10.0.0.13, hostname_override: w1, user: u, role: worker}
        - {address: 192.0.2.14, internal_address: 10.0.0.14, hostname_override: worker-two, user: u, role: worker}
        """).Nodes;

    [Theory]
    [InlineData("e1", "e1")]
    [InlineData("E1", "e1")]
    [InlineData("192.0.2.2", "e2")]
    [InlineData("10.0.0.13", "w1")]
    [InlineData("e?", "e1 e2")]
    [InlineData("[A-e][2-9]", "e2")]
    [InlineData("10.0.0.*", "e1 e2 w1 worker-two")]
    [InlineData("*", "e1 e2 w1 worker-two")]
    [InlineData("*2*2*", "e1 e2 w1 worker-two")]
    [InlineData("192.0.2.1", "e1")]
    [InlineData("w1,e1,w*", "e1 w1 worker-two")]
    [InlineData("worker`-two", "worker-two")]
    public void Nodes_are_found_by_name_and_address_each_once_in_the_order_of_the_file(string patterns, string expected)
        => Assert.Equal(expected.Split(' '), NodeSelection.Select(Nodes, patterns.Split(',')).Select(node => node.Name));

    [Fact]
    public void Without_a_pattern_all_nodes_with_the_role_are_chosen()
    {
        Assert.Equal(4, NodeSelection.Select(Nodes, null).Count);
        Assert.Equal(["e1", "e2"], NodeSelection.Select(Nodes, [], NodeRoles.Etcd).Select(node => node.Name));
    }

    [Fact]
    public void A_wildcard_leaves_out_nodes_without_the_role()
        => Assert.Equal(["e1", "e2"], NodeSelection.Select(Nodes, ["*"], NodeRoles.Etcd).Select(node => node.Name));

    [Theory]
    [InlineData("worker-tow", "There is no node 'worker-tow'.", "Did you mean worker-two?")]
    [InlineData("x", "There is no node 'x'.", "The nodes are: e1, e2, w1, worker-two.")]
    [InlineData("", "There is no node ''.", "The nodes are: e1, e2, w1, worker-two.")]
    [InlineData("x*", "No node matches 'x*'.", "The nodes are: e1, e2, w1, worker-two.")]
    [InlineData("[", "There is no node '['.", "The nodes are: e1, e2, w1, worker-two.")]
    [InlineData("w1", "Node w1 has no etcd role.", "Nodes with the etcd role: e1, e2.")]
    [InlineData("w*", "No node that matches 'w*' has the etcd role.", "Nodes with the etcd role: e1, e2.")]
    public void A_pattern_that_chooses_nothing_is_an_error(string pattern, string message, string advice)
    {
        NodeNotFoundException error = Assert.Throws<NodeNotFoundException>(() => NodeSelection.Select(Nodes, ["e1", pattern], NodeRoles.Etcd));
        Assert.Equal(message, error.Message);
        Assert.Equal(advice, error.Advice);
    }

    [Fact]
    public void A_cluster_without_etcd_nodes_has_none_to_choose()
        => Assert.Throws<NodeNotFoundException>(() => NodeSelection.Select(Nodes.Skip(2), null, NodeRoles.Etcd));

    [Fact]
    public void A_hostile_pattern_takes_no_time()
        => Assert.False(NamePattern.Matches(string.Concat(Enumerable.Repeat("*a", 1000)) + "b", new string('a', 20_000)));
}
