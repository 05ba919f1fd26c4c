using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class ClusterFileTests
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Fact]
    public void Everything_in_a_full_file_is_read()
    {
        RkeCluster cluster = ClusterFile.Parse(ExampleCluster.Full);

        Assert.Empty(cluster.Warnings);
        Assert.Equal("harbour", cluster.Name);
        Assert.Null(cluster.Path);
        Assert.Equal("v1.20.15-rancher2-2", cluster.KubernetesVersion);
        Assert.Equal("/opt/custom", cluster.PrefixPath);
        Assert.Equal(["cp1", "cp2", "worker3.example.org"], cluster.Nodes.Select(node => node.Name));
        Assert.Equal(["cp1", "cp2"], cluster.EtcdNodes.Select(node => node.Name));
        Assert.Equal(2, cluster.SystemImages.Count);
        Assert.Equal("rancher/rke-tools:v0.1.78", cluster.SystemImages["alpine"]);
        Assert.Equal(["registry.example.org:5000", "docker.io"], cluster.PrivateRegistries.Select(registry => registry.Url));
        Assert.Equal("pass-" + ExampleCluster.Marker, cluster.PrivateRegistries[0].Password!.Reveal());
        Assert.True(cluster.PrivateRegistries[0].IsDefault);
    }

    [Fact]
    public void A_node_has_what_its_entry_says()
    {
        RkeNode node = ClusterFile.Parse(ExampleCluster.Full).Nodes[0];

        Assert.Equal("harbour", node.ClusterName);
        Assert.Equal("192.0.2.11", node.Address);
        Assert.Equal("10.0.0.11", node.InternalAddress);
        Assert.Equal(2022, node.Port);
        Assert.Equal(NodeRoles.ControlPlane | NodeRoles.Etcd, node.Roles);
        Assert.Equal("/run/docker.sock", node.DockerSocket);
        Assert.Equal("etcd-cp1", node.EtcdMemberName);
        Assert.False(node.IsLocal);
        Assert.Equal(new Dictionary<string, string> { ["zone"] = "a", ["empty"] = "" }, node.Labels);
        Assert.False(node.Login.UseAgent);
        Assert.Equal(3, node.Login.Key!.Reveal().Split('\n').Length);
        Assert.Null(node.Login.KeyPath);
        Assert.Equal("ssh-rsa-cert-v01@openssh.com AAAA", node.Login.Certificate);
        Assert.Null(node.Login.CertificatePath);
    }

    [Fact]
    public void A_merge_key_gives_the_second_node_what_it_leaves_out()
    {
        RkeNode node = ClusterFile.Parse(ExampleCluster.Full).Nodes[1];

        Assert.Equal("192.0.2.12", node.Address);
        Assert.Equal("cp2", node.Name);
        Assert.Equal(2022, node.Port);
        Assert.NotNull(node.Login.Key);
    }

    [Fact]
    public void A_node_without_a_login_of_its_own_takes_that_of_the_cluster()
    {
        RkeNode node = ClusterFile.Parse(ExampleCluster.Full).Nodes[2];

        Assert.True(node.Login.UseAgent);
        Assert.Equal("/keys/worker3", node.Login.KeyPath);
        Assert.Equal("/keys/cluster-cert.pub", node.Login.CertificatePath);
    }

    [Fact]
    public void The_bastion_stands_on_the_cluster_and_on_every_node()
    {
        RkeCluster cluster = ClusterFile.Parse(ExampleCluster.Full);

        Assert.Equal("jump.example.org", cluster.Bastion!.Address);
        Assert.Equal(2222, cluster.Bastion.Port);
        Assert.Equal("jump", cluster.Bastion.User);
        Assert.False(cluster.Bastion.Login.UseAgent);
        Assert.Equal(@"C:\Users\me\.ssh\jump", cluster.Bastion.Login.KeyPath);
        Assert.All(cluster.Nodes, node => Assert.Same(cluster.Bastion, node.Bastion));
    }

    [Fact]
    public void The_etcd_service_is_read_with_its_backups()
    {
        EtcdService etcd = ClusterFile.Parse(ExampleCluster.Full).Etcd;

        Assert.Equal("quay.io/coreos/etcd:v3.4.15", etcd.Image);
        Assert.Equal("5000", etcd.ExtraArgs["election-timeout"]);
        Assert.Equal(["/var/etcd-extra:/extra"], etcd.ExtraBinds);
        Assert.Equal(["GOGC=50"], etcd.ExtraEnv);
        Assert.True(etcd.Snapshot);
        Assert.Equal(TimeSpan.FromMinutes(5), etcd.Creation);
        Assert.Equal(TimeSpan.FromHours(24), etcd.Retention);
        Assert.Equal(TimeSpan.FromHours(6), etcd.Backup!.Interval);
        Assert.Equal(10, etcd.Backup.Retention);
        Assert.Equal(TimeSpan.FromSeconds(900), etcd.Backup.Timeout);
        Assert.True(etcd.Backup.SafeTimestamp);
        Assert.Equal("harbour", etcd.Backup.S3!.Folder);
        Assert.Equal("AK" + ExampleCluster.Marker, etcd.Backup.S3.AccessKey!.Reveal());
    }

    [Fact]
    public void The_smallest_file_gets_the_defaults_of_RKE()
    {
        RkeCluster cluster = ClusterFile.Parse(ExampleCluster.Smallest);

        RkeNode node = Assert.Single(cluster.Nodes);
        Assert.Equal("local", cluster.Name);
        Assert.Equal("10.0.0.1", node.Name);
        Assert.Equal("10.0.0.1", node.InternalAddress);
        Assert.Equal(22, node.Port);
        Assert.Equal("/var/run/docker.sock", node.DockerSocket);
        Assert.Equal(new SshLogin(), node.Login);
        Assert.Null(cluster.Bastion);
        Assert.Null(cluster.PrefixPath);
        Assert.Null(cluster.Etcd.Snapshot);
        Assert.Null(cluster.Etcd.Creation);
        Assert.Null(cluster.Etcd.Backup);
        Assert.Empty(cluster.Warnings);
    }

    [Theory]
    [InlineData("etcd", NodeRoles.Etcd)]
    [InlineData("controlplane,etcd", NodeRoles.ControlPlane | NodeRoles.Etcd)]
    [InlineData("'etcd, worker'", NodeRoles.Worker | NodeRoles.Etcd)]
    [InlineData("[etcd]", NodeRoles.Etcd)]
    [InlineData("[etcd, etcd, worker]", NodeRoles.Worker | NodeRoles.Etcd)]
    [InlineData("!!str etcd", NodeRoles.Etcd)]
    public void Role_is_a_list_or_one_string(string role, NodeRoles expected)
        => Assert.Equal(expected, ClusterFile.Parse($"nodes: [{{address: a, user: u, role: {Flow(role)}}}]").Nodes[0].Roles);

    [Theory]
    [InlineData("~/.ssh/id", ".ssh/id")]
    [InlineData("~", "")]
    [InlineData(@"~\.ssh\id", @".ssh\id")]
    public void A_tilde_stands_for_the_home_folder(string written, string expected)
        => Assert.Equal(Path.Combine(Home, expected), KeyPathOf(written));

    [Theory]
    [InlineData("~other/.ssh/id")]
    [InlineData("keys/id")]
    [InlineData(@"C:\keys\id")]
    [InlineData("/a/~/b")]
    public void Other_key_paths_stay_as_written(string written) => Assert.Equal(written, KeyPathOf(written));

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public void This_machine_needs_no_user(string address)
    {
        RkeNode node = ClusterFile.Parse($"nodes: [{{address: {address}, role: etcd}}]").Nodes[0];
        Assert.True(node.IsLocal);
        Assert.Null(node.User);
    }

    [Theory]
    [InlineData("user: yes", "yes")]
    [InlineData("user: 1001", "1001")]
    [InlineData("user: 0x1F", "0x1F")]
    [InlineData(@"user: CORP\admin", @"CORP\admin")]
    public void A_text_stays_as_written_whatever_YAML_makes_of_it(string user, string expected)
        => Assert.Equal(expected, ClusterFile.Parse($"nodes:\n- address: a\n  {user}\n  role: etcd\n").Nodes[0].User);

    [Theory]
    [InlineData("\uFEFF", "\n")]
    [InlineData("", "\r\n")]
    [InlineData("%YAML 1.1\n---\n", "\n")]
    [InlineData("# comment\n\n---\n", "\n")]
    public void Byte_order_mark_line_ends_and_directives_do_not_matter(string start, string lineEnd)
        => Assert.Equal("10.0.0.1", ClusterFile.Parse(start + ExampleCluster.Smallest.Replace("\n", lineEnd, StringComparison.Ordinal)).Nodes[0].Address);

    [Fact]
    public void A_node_name_is_taken_in_lower_case_with_a_warning()
    {
        RkeCluster cluster = ClusterFile.Parse("nodes: [{address: a, hostname_override: Node-A, user: u, role: etcd}]");
        Assert.Equal("node-a", cluster.Nodes[0].Name);
        Assert.Contains(cluster.Warnings, warning => warning.Text.Contains("lower case", StringComparison.Ordinal));
    }

    [Fact]
    public void Empty_values_count_as_not_given()
    {
        RkeCluster cluster = ClusterFile.Parse("""
            nodes:
            - {address: a, port: "", internal_address: "", role: [etcd, controlplane], hostname_override: "", user: u, docker_socket: "",
               ssh_key: "", ssh_key_path: "", ssh_cert: "", ssh_cert_path: "", labels: {}, taints: []}
            services: {etcd: {image: "", extra_args: {}, extra_binds: [], external_urls: [], ca_cert: "", snapshot: null, retention: "", backup_config: null}}
            system_images: {etcd: ""}
            ssh_key_path: ""
            ssh_agent_auth: false
            private_registries: []
            cluster_name: ""
            prefix_path: ""
            bastion_host: {address: "", port: "", user: "", ssh_key: ""}
            restore: {restore: false}
            dns: null
            """);
        Assert.Empty(cluster.Warnings);
        Assert.Null(cluster.Bastion);
        Assert.Equal("local", cluster.Name);
        Assert.Null(cluster.PrefixPath);
        Assert.Empty(cluster.SystemImages);
        Assert.Null(cluster.Etcd.Backup);
        Assert.Equal(("a", "a", 22, new SshLogin()), (cluster.Nodes[0].Name, cluster.Nodes[0].InternalAddress, cluster.Nodes[0].Port, cluster.Nodes[0].Login));
    }

    [Fact]
    public void External_etcd_needs_no_etcd_node()
    {
        RkeCluster cluster = ClusterFile.Parse("""
            nodes: [{address: a, user: u, role: controlplane}]
            services: {etcd: {external_urls: ["https://e:2379"], ca_cert: c, cert: c, key: k, path: /registry}}
            """);
        Assert.Empty(cluster.EtcdNodes);
        Assert.Equal("/registry", cluster.Etcd.ExternalPath);
        Assert.Equal(["https://e:2379"], cluster.Etcd.ExternalUrls);
    }

    private static string? KeyPathOf(string written)
        => ClusterFile.Parse(ExampleCluster.Smallest + $"ssh_key_path: '{written}'\n").Nodes[0].Login.KeyPath;

    // In a flow mapping a comma ends the value.
    private static string Flow(string role) => role[0] is not ('[' or '\'' or '!') ? $"'{role}'" : role;
}
