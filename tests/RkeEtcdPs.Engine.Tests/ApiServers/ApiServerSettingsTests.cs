using Docker.DotNet.Models;
using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.ApiServers;

public sealed class ApiServerSettingsTests
{
    private const string Nodes = """
        nodes:
          - {address: 192.0.2.1, internal_address: 10.0.0.1, hostname_override: node1, user: rke, role: [controlplane, etcd]}
          - {address: 192.0.2.2, internal_address: 10.0.0.2, hostname_override: node2, user: rke, role: [etcd]}
          - {address: 192.0.2.3, internal_address: 10.0.0.3, hostname_override: node3, user: rke, role: [controlplane]}

        """;

    private const string All = "https://10.0.0.1:2379,https://10.0.0.2:2379";

    // As RKE 1.x has them: certificates in the command, all else in the entrypoint.
    private static readonly string[] Rke = ["/opt/rke-tools/entrypoint.sh", "kube-apiserver", "--etcd-servers=https://10.0.0.9:2379", "--secure-port=6443"];
    private static readonly string[] Certificates =
        ["--etcd-cafile=/etc/kubernetes/ssl/kube-ca.pem", "--etcd-certfile=/etc/kubernetes/ssl/kube-node.pem", "--etcd-keyfile=/etc/kubernetes/ssl/kube-node-key.pem"];

    [Fact]
    public void Only_what_differs_is_changed_and_where_it_was()
    {
        ApiServerSettings settings = ApiServerSettings.Of(ClusterFile.Parse(Nodes));
        ContainerInspectResponse container = Container(Rke, Certificates);

        Assert.Equal(["--etcd-servers"], settings.DifferencesOf(container));
        CreateContainerParameters wanted = new(container.Config!);
        settings.Apply(wanted);

        Assert.Equal([.. Rke[..2], $"--etcd-servers={All}", Rke[3]], wanted.Entrypoint);
        Assert.Equal(Certificates, wanted.Cmd);
        Assert.Equal(["https://10.0.0.9:2379"], settings.EndpointsOf(container));
    }

    [Theory]
    [InlineData("--etcd-servers=https://10.0.0.2:2379,https://10.0.0.1:2379")]
    [InlineData("--etcd-servers=https://10.0.0.1:2379/,https://10.0.0.2:2379/")]
    [InlineData("--etcd-servers https://10.0.0.1:2379,https://10.0.0.2:2379")]
    [InlineData("--etcd-servers=https://10.0.0.1:2379 --etcd-servers=https://10.0.0.2:2379")]
    public void What_says_the_same_is_right(string flags)
        => Assert.Empty(ApiServerSettings.Of(ClusterFile.Parse(Nodes)).DifferencesOf(Container(["kube-apiserver", .. flags.Split(' ')], Certificates)));

    [Fact]
    public void Flags_that_are_given_in_other_ways_become_one()
    {
        ApiServerSettings settings = ApiServerSettings.Of(ClusterFile.Parse(Nodes));
        CreateContainerParameters wanted = new(Container(["kube-apiserver", "--etcd-servers", "https://a:1", "-v", "2"], ["--etcd-servers=https://b:1", "--etcd-servers-overrides=/events#https://c:1"]).Config!);

        settings.Apply(wanted);

        Assert.Equal(["kube-apiserver", $"--etcd-servers={All}", "-v", "2"], wanted.Entrypoint);
        Assert.Equal(["--etcd-servers-overrides=/events#https://c:1", .. Certificates], wanted.Cmd);
    }

    [Theory]
    [InlineData("extra_args: {etcd-servers: 'https://x:1,https://y:1', etcd-certfile: /own.pem}", "https://x:1,https://y:1", "/own.pem")]
    [InlineData("extra_args_array: {etcd-servers: ['https://x:1', 'https://y:1']}", "https://x:1,https://y:1", "/etc/kubernetes/ssl/kube-node.pem")]
    [InlineData("extra_args: {etcd-servers: ''}", All, "/etc/kubernetes/ssl/kube-node.pem")]
    [InlineData("anything: 1", All, "/etc/kubernetes/ssl/kube-node.pem")]
    public void Extra_args_override(string line, string servers, string certificate)
    {
        RkeCluster cluster = ClusterFile.Parse($"{Nodes}services:\n  kube-api:\n    {line}\n");
        ApiServerSettings settings = ApiServerSettings.Of(cluster);

        Assert.Empty(cluster.Warnings);
        Assert.Equal(servers.Split(','), settings.Endpoints);
        Assert.Equal(certificate, settings.CertFile);
    }

    [Fact]
    public void External_etcd_keeps_its_certificates()
    {
        ApiServerSettings settings = ApiServerSettings.Of(ClusterFile.Parse("""
            nodes:
              - {address: 10.0.0.1, user: rke, role: [controlplane]}
            services:
              etcd: {external_urls: ['https://etcd.example.org:2379'], ca_cert: a, cert: b, key: c, path: /r}
            """));

        Assert.Equal(["https://etcd.example.org:2379"], settings.Endpoints);
        Assert.Equal((null, null, null), (settings.CaFile, settings.CertFile, settings.KeyFile));
        Assert.Empty(settings.DifferencesOf(Container(["kube-apiserver", "--etcd-servers=https://etcd.example.org:2379", "--etcd-cafile=/other.pem"], [])));
    }

    [Fact]
    public void Proxy_goes_to_all_control_plane_hosts()
    {
        ProxySettings proxy = new(ClusterFile.Parse(Nodes));
        ContainerInspectResponse container = new() { Config = new ContainerConfig { Env = ["PATH=/bin", "CP_HOSTS=10.0.0.9"], Entrypoint = ["nginx-proxy"], Cmd = ["CP_HOSTS=10.0.0.9"] } };

        Assert.Equal(["CP_HOSTS"], proxy.DifferencesOf(container));
        CreateContainerParameters wanted = new(container.Config!);
        proxy.Apply(wanted);

        Assert.Equal(["PATH=/bin", "CP_HOSTS=10.0.0.1,10.0.0.3"], wanted.Env);
        Assert.Equal(["CP_HOSTS=10.0.0.1,10.0.0.3"], wanted.Cmd);
        Assert.Empty(proxy.DifferencesOf(new() { Config = new ContainerConfig { Env = ["CP_HOSTS=10.0.0.3,10.0.0.1"] } }));
        Assert.Null(proxy.EndpointsOf(new() { Config = new ContainerConfig() }));
    }

    private static ContainerInspectResponse Container(string[] entrypoint, string[] command) => new() { Config = new ContainerConfig { Entrypoint = entrypoint, Cmd = command } };
}
