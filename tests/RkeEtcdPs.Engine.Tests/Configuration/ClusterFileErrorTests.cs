using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class ClusterFileErrorTests
{
    private const string Node = "nodes: [{address: a, user: u, role: [etcd, controlplane]}]\n";

    [Theory]
    [InlineData("user: u\n  role: etcd", 2, 3, "node 1 has no address")]
    [InlineData("address: a\n  role: etcd", 2, 3, "node 1 has no user")]
    [InlineData("address: ''\n  user: u\n  role: etcd", 2, 3, "node 1 has no address")]
    [InlineData("address: ~\n  user: u\n  role: etcd", 2, 3, "node 1 has no address")]
    [InlineData("address: a\n  user: \"\"\n  role: etcd", 2, 3, "node 1 has no user")]
    [InlineData("address: a\n  user: u\n  role: ''", 2, 3, "node 1 has no role")]
    [InlineData("address: a\n  user: u\n  role: ['']", 4, 9, "node 1 has no role")]
    [InlineData("address: a\n  user: u\n  role: [~, etcd, x]", 4, 19, "unknown role: a role is controlplane, etcd or worker")]
    [InlineData("address: a\n  user: u", 2, 3, "node 1 has no role")]
    [InlineData("address: a\n  user: u\n  role: []", 4, 9, "node 1 has no role")]
    [InlineData("address: a\n  user: u\n  role: [etcd, wroker]", 4, 16, "unknown role (did you mean 'worker'?)")]
    [InlineData("address: a\n  user: u\n  role: {etcd: 1}", 4, 9, "'role' must be a single value")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  port: 0", 5, 9, "'port' must be a number")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  port: 65536", 5, 9, "'port' must be a number")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  port: -22", 5, 9, "'port' must be a number")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  port: twenty", 5, 9, "'port' must be a number")]
    [InlineData("address: -oProxyCommand=x\n  user: u\n  role: etcd", 2, 12, "looks like an option")]
    [InlineData("address: a b\n  user: u\n  role: etcd", 2, 12, "is not a host name")]
    [InlineData("address: me@host\n  user: u\n  role: etcd", 2, 12, "is not a host name")]
    [InlineData("address: 'a$(id)'\n  user: u\n  role: etcd", 2, 12, "is not a host name")]
    [InlineData("address: '[::1]'\n  user: u\n  role: etcd", 2, 12, "is not a host name")]
    [InlineData("address: host:22\n  user: u\n  role: etcd", 2, 12, "holds a port")]
    [InlineData("address: a:b:c\n  user: u\n  role: etcd", 2, 12, "is not an IPv6 address")]
    [InlineData("address: ::1\n  user: u\n  role: etcd", 2, 12, "give 'hostname_override'")]
    [InlineData("address: a\n  user: -l\n  role: etcd", 3, 9, "looks like an option")]
    [InlineData("address: a\n  user: u@x\n  role: etcd", 3, 9, "is not a user name")]
    [InlineData("address: a\n  user: \"u\\tx\"\n  role: etcd", 3, 9, "one line without control characters")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  docker_socket: docker.sock", 5, 18, "must be an absolute path")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  docker_socket: /a;b", 5, 18, "may hold only")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  docker_socket: /a/../b", 5, 18, "must not contain '..'")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  hostname_override: a_b", 5, 22, "is not a name Kubernetes takes")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  hostname_override: ../x", 5, 22, "is not a name Kubernetes takes")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  ssh_agent_auth: maybe", 5, 19, "must be true or false")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  ssh_key: [k]", 5, 12, "must be a single value")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  ssh_key: !vault |\n    x", 5, 12, "has a YAML tag")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  labels: [k]", 5, 11, "must hold keys and values")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  user: u", 5, 3, "'user' is given twice, first at line 3, column 3")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  ? [x]\n  : y", 5, 5, "a key must be a single word")]
    [InlineData("address: a\n  user: u\n  role: etcd\n  <<: text", 5, 7, "'<<' needs a mapping")]
    public void A_wrong_node_is_an_error_at_its_place(string node, int line, int column, string text)
        => AssertError("nodes:\n- " + node + "\n", line, column, text);

    [Theory]
    [InlineData("nodes: {a: b}", 1, 8, "'nodes' must be a list")]
    [InlineData("nodes: [text]", 1, 9, "node 1 must hold keys and values")]
    [InlineData("nodes:", 1, 1, "no node has the role etcd")]
    [InlineData("nodes: [{address: a, user: u, role: worker}]", 1, 8, "no node has the role etcd")]
    [InlineData(Node + "nodes: []", 2, 1, "'nodes' is given twice")]
    [InlineData(Node + "prefix_path: opt", 2, 14, "must be an absolute path")]
    [InlineData(Node + "prefix_path: '/a:b'", 2, 14, "may hold only")]
    [InlineData(Node + "bastion_host: {address: -J}", 2, 25, "looks like an option")]
    [InlineData(Node + "bastion_host: [x]", 2, 15, "'bastion_host' must hold keys and values")]
    [InlineData(Node + "services: {etcd: {creation: 0s}}", 2, 29, "longer than 0")]
    [InlineData(Node + "services: {etcd: {creation: -5m}}", 2, 29, "longer than 0")]
    [InlineData(Node + "services: {etcd: {retention: 3d}}", 2, 30, "must be a duration")]
    [InlineData(Node + "services: {etcd: {retention: 12}}", 2, 30, "must be a duration")]
    [InlineData(Node + "services: {etcd: {snapshot: 1}}", 2, 29, "must be true or false")]
    [InlineData(Node + "services: {etcd: {extra_binds: /a:/b}}", 2, 32, "'extra_binds' must be a list")]
    [InlineData(Node + "services: {etcd: {backup_config: {interval_hours: 1.5}}}", 2, 51, "must be a whole number")]
    [InlineData(Node + "services: {etcd: {backup_config: {interval_hours: 2147483647}}}", 2, 51, "between 1 and 1000000")]
    [InlineData(Node + "services: {etcd: {backup_config: {retention: -1}}}", 2, 46, "between 1 and")]
    [InlineData(Node + "services: {etcd: {backup_config: {timeout: 010}}}", 2, 44, "must be a whole number")]
    [InlineData(Node + "services: {etcd: {backup_config: {s3backupconfig: {region: r}}}}", 2, 51, "needs 'bucket_name'")]
    [InlineData(Node + "services: {etcd: {backup_config: {s3backupconfig: {bucket_name: b, custom_ca: x}}}}", 2, 79, "not a certificate")]
    [InlineData(Node + "services: {etcd: {external_urls: [https://e]}}", 2, 34, "an external etcd needs 'ca_cert'")]
    [InlineData(Node + "services: {etcd: {external_urls: [https://e]}}", 2, 11, "cannot be both external")]
    [InlineData(Node + "private_registries: [{password: [p]}]", 2, 33, "'password' must be a single value")]
    [InlineData(Node + "system_images: {etcd: {a: b}}", 2, 23, "'etcd' must be a single value")]
    [InlineData("cluster.yml", 1, 1, "a cluster.yml must hold keys and values")]
    [InlineData("- a", 1, 1, "a cluster.yml must hold keys and values")]
    [InlineData("", 0, 0, "it is empty")]
    [InlineData("# only a comment", 0, 0, "it is empty")]
    [InlineData("---\n", 0, 0, "it is empty")]
    public void A_wrong_file_is_an_error_at_its_place(string yaml, int line, int column, string text) => AssertError(yaml, line, column, text);

    [Fact]
    public void All_errors_are_told_at_once_in_the_order_of_the_file()
    {
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Parse("""
            nodes:
            - addres: a
              user: u
              role: etdc
            - address: b
              port: x
              role: etcd
            prefix_path: here
            """));

        Assert.Equal([(2, 3), (4, 9), (5, 3), (6, 9), (8, 14)], error.Errors.Select(one => (one.Line, one.Column)));
        Assert.Contains("line 2, column 3: node 1 has no address", error.Message, StringComparison.Ordinal);
        Assert.Contains("unknown key 'addres', which RKE ignores (did you mean 'address'?)", error.Message, StringComparison.Ordinal);
        Assert.Equal("ClusterConfigInvalid", error.Id);
        Assert.Equal(FailureCategory.InvalidData, error.Category);
    }

    [Theory]
    [InlineData("a", "a", "x", "y", "the same address as that of the node at line 2")]
    [InlineData("a", "A", "x", "y", "the same address as that of the node at line 2")]
    [InlineData("a", "b", "x", "X", "the same name as that of the node at line 2")]
    [InlineData("a", "b", "b", "", "the same name as that of the node at line 2")]
    public void Two_nodes_cannot_be_the_same(string address1, string address2, string name1, string name2, string text)
    {
        string yaml = $"nodes:\n- {{address: {address1}, hostname_override: '{name1}', user: u, role: etcd}}\n"
            + $"- {{address: {address2}, hostname_override: '{name2}', user: u, role: etcd}}\n";
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Parse(yaml));
        Assert.Contains(error.Errors, one => one.Line == 3 && one.Text == text);
    }

    private static void AssertError(string yaml, int line, int column, string text)
    {
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(() => ClusterFile.Parse(yaml));
        Assert.True(
            error.Errors.Any(one => one.Line == line && one.Column == column && one.Text.Contains(text, StringComparison.Ordinal)),
            error.Message);
    }
}
