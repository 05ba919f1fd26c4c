using System.Text.Json;
using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.ApiServers;

public sealed class StaleKeysTests
{
    private const string Yaml = """
        nodes:
          - {address: 192.0.2.1, internal_address: 10.0.0.1, hostname_override: Node1, user: rke, role: [controlplane, etcd]}
          - {address: 10.0.0.2, user: rke, role: [worker]}

        """;

    private const string Leases = "/registry/masterleases/";
    private const string Nodes = "/registry/minions/";

    private static readonly RkeCluster Cluster = ClusterFile.Parse(Yaml);

    [Fact]
    public void Address_of_no_host_is_stale()
    {
        string[] keys = [$"{Leases}10.0.0.1", $"{Leases}192.0.2.1", $"{Leases}10.0.0.7", $"{Leases}2001:db8::1", $"{Leases}name", Leases, "/registry/masterleasesx/10.0.0.9"];

        Assert.Equal([$"{Leases}10.0.0.7", $"{Leases}2001:db8::1"], StaleKeys.ApiServers(Cluster, keys, Leases).Select(trace => trace.Key));
    }

    [Theory]
    [InlineData("2001:db8:0:0::1", "2001:db8::1")]
    [InlineData("2001:DB8::A", "2001:db8::a")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1")]
    public void Address_of_a_host_is_not_stale_in_another_spelling(string written, string lease)
    {
        RkeCluster cluster = ClusterFile.Parse($"nodes: [{{address: \"{written}\", hostname_override: n, user: rke, role: [controlplane, etcd]}}]");

        Assert.Empty(StaleKeys.ApiServers(cluster, [Leases + lease], Leases));
    }

    [Fact]
    public void Name_of_no_host_is_stale_whatever_its_case()
    {
        string[] keys = [$"{Nodes}node1", $"{Nodes}10.0.0.2", $"{Nodes}node3", $"{Nodes}no/name", "/registry/minionsx/node4"];

        Assert.Equal([$"{Nodes}node3"], StaleKeys.NodeObjects(Cluster, keys, Nodes).Select(trace => trace.Key));
        Assert.Null(StaleKeys.Doubt(Cluster, keys, Nodes));
    }

    [Fact]
    public void Names_that_are_not_from_cluster_yml_are_not_judged()
    {
        Assert.NotNull(StaleKeys.Doubt(Cluster, [$"{Nodes}ip-10-0-0-1.ec2.internal"], Nodes));
        Assert.NotNull(StaleKeys.Doubt(ClusterFile.Parse(Yaml + "cloud_provider: {name: aws}\n"), [$"{Nodes}node1"], Nodes));
        Assert.NotNull(StaleKeys.Doubt(ClusterFile.Parse(Yaml + "cloud_provider: {name: openstack}\n"), [$"{Nodes}node1"], Nodes));
        Assert.Null(StaleKeys.Doubt(ClusterFile.Parse(Yaml + "cloud_provider: {name: none}\n"), [$"{Nodes}node1"], Nodes));
    }

    [Fact]
    public void Keys_are_read_with_the_revisions_of_their_last_changes()
    {
        const string answer = """{"header":{"cluster_id":1},"kvs":[{"key":"L3JlZ2lzdHJ5L21pbmlvbnMvbm9kZTE=","create_revision":2,"mod_revision":5000000000,"version":1}],"count":1}""";

        Assert.Equal([("/registry/minions/node1", 5_000_000_000)], StaleKeys.Read(answer).Select(pair => (pair.Key, pair.Value)));
        Assert.Empty(StaleKeys.Read("""{"header":{}}"""));
        Assert.ThrowsAny<JsonException>(() => StaleKeys.Read("no JSON"));
        Assert.ThrowsAny<JsonException>(() => StaleKeys.Read("""{"kvs":[{"key":1}]}"""));
    }

    [Fact]
    public void Living_node_shows_by_its_object_and_its_lease()
    {
        StaleTrace trace = Assert.Single(StaleKeys.NodeObjects(Cluster, [$"{Nodes}node3"], Nodes));

        Assert.Equal([$"{Nodes}node3", "/registry/leases/kube-node-lease/node3"], trace.Signs);
    }

    [Fact]
    public void Addresses_of_a_machine_are_those_that_its_kernel_calls_local() => Assert.Equal(
        ["10.0.0.1", "127.0.0.1"],
        StaleKeys.LocalAddresses("""
            Main:
              +-- 0.0.0.0/0 3 0 5
                 |-- 0.0.0.0
                    /0 universe UNICAST
                 +-- 10.0.0.0/24 2 0 2
                    |-- 10.0.0.0
                       /24 link UNICAST
                    |-- 10.0.0.1
                       /32 host LOCAL
                    |-- 10.0.0.255
                       /32 link BROADCAST
                    |-- 127.0.0.1
                       /32 host LOCAL
            Local:
                    |-- 10.0.0.1
                       /32 host LOCAL
            """));
}
