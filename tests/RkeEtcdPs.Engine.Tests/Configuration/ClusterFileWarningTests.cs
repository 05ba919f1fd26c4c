using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class ClusterFileWarningTests
{
    [Theory]
    [InlineData("docker_sock: /x", "unknown key 'docker_sock', which RKE ignores (did you mean 'docker_socket'?)")]
    [InlineData("Port: 2022", "unknown key 'Port', which RKE ignores (did you mean 'port'?)")]
    [InlineData("ssh-key-path: /x", "unknown key 'ssh-key-path', which RKE ignores (did you mean 'ssh_key_path'?)")]
    [InlineData("prot: 2022", "unknown key 'prot', which RKE ignores (did you mean 'port'?)")]
    [InlineData("interal_adress: b", "unknown key 'interal_adress', which RKE ignores (did you mean 'internal_address'?)")]
    [InlineData("prefix_path: /x", "unknown key 'prefix_path' here, which RKE ignores: it belongs at the top level")]
    [InlineData("colour: red", "unknown key, which RKE ignores, and no known key is near to it")]
    public void Unknown_key_is_warned_with_the_nearest_known_key(string line, string expected)
    {
        RkeCluster cluster = ClusterFile.Parse($"nodes:\n- address: a\n  user: u\n  role: [etcd, controlplane]\n  {line}\n");
        Assert.Equal([new ConfigurationMessage(5, 3, expected)], cluster.Warnings);
    }

    [Fact]
    public void Unknown_keys_are_found_at_every_level_that_is_read()
    {
        RkeCluster cluster = ClusterFile.Parse(ExampleCluster.Smallest + """
            clustername: x
            bastion_host: {adress: a}
            services:
              etc: {}
              etcd:
                snapshots: true
                backup_config:
                  enable: true
                  s3backupconfig: {bucket_name: b, bucketname: c}
            private_registries: [{username: u}]
            system_images: {etc: e}
            """);
        Assert.Equal([5, 6, 8, 10, 12, 13, 14, 15], cluster.Warnings.Select(warning => warning.Line));
    }

    [Fact]
    public void Keys_of_RKE_that_are_not_read_are_not_warned_of()
        => Assert.Empty(ClusterFile.Parse(ExampleCluster.Smallest + """
            network: {plugin: canal}
            authentication: {strategy: x509}
            addons_include: [https://example.org/a.yml]
            ingress: {provider: nginx, made_up: 1}
            upgrade_strategy: {drain: true}
            rotate_encryption_key: false
            dns: {provider: coredns}
            monitoring: {provider: metrics-server}
            win_prefix_path: 'c:\'
            system_images: {wave_node: weave, tiller: t}
            services: {etcd: {uid: 1, extra_args_array: {a: [b]}}, kubelet: {made_up: 1}}
            """).Warnings);

    [Fact]
    public void A_second_document_is_warned_of_and_not_read()
    {
        RkeCluster cluster = ClusterFile.Parse(ExampleCluster.Smallest + "---\nnodes: []\n");
        Assert.Equal(5, Assert.Single(cluster.Warnings).Line);
        Assert.Single(cluster.Nodes);
    }

    [Fact]
    public void A_merge_that_replaces_a_key_above_it_wins_as_in_RKE_and_is_warned_of()
    {
        RkeCluster cluster = ClusterFile.Parse("""
            x: &x {user: merged, port: 2022}
            nodes:
            - address: a
              user: own
              <<: *x
              port: 23
              role: [etcd, controlplane]
            """);
        Assert.Equal("merged", cluster.Nodes[0].User);
        Assert.Equal(23, cluster.Nodes[0].Port);
        Assert.Contains(cluster.Warnings, warning => warning is { Line: 4, Column: 3 });
    }

    [Fact]
    public void Earlier_mappings_of_a_merged_list_win()
    {
        RkeCluster cluster = ClusterFile.Parse("""
            nodes:
            - <<: [{user: one}, {user: two, port: 2022}]
              address: a
              role: [etcd, controlplane]
            """);
        Assert.Equal("one", cluster.Nodes[0].User);
        Assert.Equal(2022, cluster.Nodes[0].Port);
        Assert.Empty(cluster.Warnings);
    }

    [Theory]
    [InlineData("ssh_agent_auth: 'true'\n", 5)]
    [InlineData("services: {etcd: {backup_config: {retention: \"3\"}}}\n", 5)]
    public void A_quoted_boolean_or_number_is_taken_with_a_warning(string yaml, int line)
        => Assert.Equal(line, Assert.Single(ClusterFile.Parse(ExampleCluster.Smallest + yaml).Warnings).Line);

    [Fact]
    public void A_cluster_without_a_control_plane_or_with_one_internal_address_twice_is_warned_of()
    {
        RkeCluster cluster = ClusterFile.Parse("""
            nodes:
            - {address: a, internal_address: i, user: u, role: etcd}
            - {address: b, internal_address: i, user: u, role: etcd}
            """);
        Assert.Equal(2, cluster.Warnings.Count);
    }
}
