using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Recovery.NewHosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class EtcdDesignTests
{
    private const string Strict = "--cipher-suites=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    private const string OnePort = "--advertise-client-urls=https://10.0.0.1:2379";
    private const string TwoPorts = "--advertise-client-urls=https://10.0.0.1:2379,https://10.0.0.1:4001";

    // Read off RKE's code (cluster/plan.go, BuildEtcdProcess), in the order of the alphabet: RKE's own is random.
    private static readonly string[] Flags =
    [
        "--cert-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1.pem",
        "--client-cert-auth=true",
        "--data-dir=/var/lib/rancher/etcd/",
        "--election-timeout=5000",
        "--heartbeat-interval=500",
        "--initial-advertise-peer-urls=https://10.0.0.1:2380",
        "--initial-cluster-state=new",
        "--initial-cluster-token=etcd-cluster-1",
        "--initial-cluster=",
        "--key-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1-key.pem",
        "--listen-client-urls=https://10.0.0.1:2379",
        "--listen-peer-urls=https://10.0.0.1:2380",
        "--name=etcd-a",
        "--peer-cert-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1.pem",
        "--peer-client-cert-auth=true",
        "--peer-key-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1-key.pem",
        "--peer-trusted-ca-file=/etc/kubernetes/ssl/kube-ca.pem",
        "--trusted-ca-file=/etc/kubernetes/ssl/kube-ca.pem",
    ];

    [Theory]
    [InlineData("v1.10.1-rancher1", "rancher/coreos-etcd:v3.1.12", ":z", TwoPorts, "ETCDCTL_ENDPOINT", "")]
    [InlineData("v1.16.8-rancher1-1", "rancher/coreos-etcd:v3.3.15-rancher1", ":z", TwoPorts, "ETCDCTL_ENDPOINTS", "")]
    [InlineData("v1.18.20-rancher1-2", "rancher/coreos-etcd:v3.4.3-rancher1", ":z", TwoPorts, "ETCDCTL_ENDPOINTS", "--enable-v2=true")]
    [InlineData("v1.19.3-rancher1-1", "rancher/coreos-etcd:v3.4.13-rancher1", ":z", OnePort, "ETCDCTL_ENDPOINTS", "--enable-v2=true")]
    [InlineData("v1.20.4-rancher1-1", "registry.example:5000/rancher/coreos-etcd:v3.4.14-rancher1", ":z", OnePort, "ETCDCTL_ENDPOINTS", "--enable-v2=true")]
    [InlineData("v1.21.14-rancher1-1", "rancher/mirrored-coreos-etcd:v3.4.16-rancher1", ":z", OnePort, "ETCDCTL_ENDPOINTS", "--enable-v2=true|" + Strict)]
    [InlineData("v1.22.17-rancher1-2", "rancher/mirrored-coreos-etcd:v3.5.6", "", OnePort, "ETCDCTL_ENDPOINTS", Strict)]
    [InlineData("v1.26.15-rancher1-1", "rancher/mirrored-coreos-etcd:v3.5.10@sha256:abc", "", OnePort, "ETCDCTL_ENDPOINTS", Strict)]
    public void Container_is_that_of_RKE_for_each_version(string kubernetes, string image, string label, string advertised, string endpoint, string more)
    {
        ContainerInspectResponse made = Describe(
            $$"""
            nodes: [{address: 192.0.2.1, internal_address: 10.0.0.1, hostname_override: a, role: [etcd], user: rke}]
            kubernetes_version: {{kubernetes}}
            system_images: {etcd: "{{image}}"}
            """);

        Assert.Equal(image, made.Config!.Image);
        Assert.Equal("/usr/local/bin/etcd", made.Config.Cmd![0]);
        Assert.Equal(Flags.Append(advertised).Concat(more.Split('|', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal), made.Config.Cmd.Skip(1).Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "ETCDCTL_API=3",
                "ETCDCTL_CACERT=/etc/kubernetes/ssl/kube-ca.pem",
                "ETCDCTL_CERT=/etc/kubernetes/ssl/kube-etcd-10-0-0-1.pem",
                "ETCDCTL_KEY=/etc/kubernetes/ssl/kube-etcd-10-0-0-1-key.pem",
                $"{endpoint}=https://10.0.0.1:2379",
                "ETCD_UNSUPPORTED_ARCH=x86_64",
            ],
            made.Config.Env!);
        Assert.Equal([$"/var/lib/etcd:/var/lib/rancher/etcd/{label}", $"/etc/kubernetes:/etc/kubernetes{label}"], made.HostConfig!.Binds!);
        Assert.Equal(("host", RestartPolicyKind.Always, ""), (made.HostConfig.NetworkMode, made.HostConfig.RestartPolicy!.Name, made.Config.User));
    }

    [Theory]
    [InlineData("v1.21.14-rancher1-1", "name=selinux", "")]
    [InlineData("v1.22.4-rancher1-1", "name=selinux", "label=type:rke_container_t")]
    [InlineData("v1.26.0", "selinux", "label=type:rke_container_t")]
    [InlineData("v1.26.0", "name=seccomp,profile=default", "")]
    public void Container_runs_as_the_type_of_RKE_where_Docker_has_SELinux(string kubernetes, string option, string label)
        => Assert.Equal(label, string.Join(',', Describe($"nodes: [{{address: 10.0.0.1, role: [etcd], user: rke}}]\nkubernetes_version: {kubernetes}", new SystemInfoResponse { SecurityOptions = [option] }).HostConfig!.SecurityOpt ?? []));

    [Fact]
    public void Container_has_the_settings_of_the_user()
    {
        ContainerInspectResponse made = Describe(
            """
            nodes: [{address: 192.0.2.1, internal_address: Etcd-A.example.internal, hostname_override: a, role: [etcd], user: rke}]
            system_images: {etcd: "rancher/etcd:mine"}
            services:
              etcd:
                uid: 52034
                gid: 52035
                extra_args: {election-timeout: "7000", quota-backend-bytes: "6442450944"}
                extra_args_array: {listen-metrics-urls: ["http://a:1", "http://b:1"]}
                extra_env: [A=b]
                extra_binds: ["/x:/y:z", " ", "/x:/y:z"]
            """,
            new SystemInfoResponse { Architecture = "aarch64" });

        Assert.All(
            (string[])["--election-timeout=7000", "--quota-backend-bytes=6442450944", "--listen-metrics-urls=http://a:1", "--listen-metrics-urls=http://b:1", "--cert-file=/etc/kubernetes/ssl/kube-etcd-etcd-a-example-internal.pem"],
            flag => Assert.Contains(flag, made.Config!.Cmd!));
        Assert.Equal(["ETCD_UNSUPPORTED_ARCH=arm64", "A=b"], made.Config!.Env!.TakeLast(2));
        Assert.Equal(["/var/lib/etcd:/var/lib/rancher/etcd/:z", "/etc/kubernetes:/etc/kubernetes:z", "/x:/y:z"], made.HostConfig!.Binds!);
        // What RKE gives as the group is the user.
        Assert.Equal("52034:52034", made.Config!.User);
        EtcdDeployment etcd = EtcdDeployment.Of(ClusterFile.Parse("nodes: [{address: 10.0.0.1, role: [etcd], user: rke}]").Nodes[0], made);
        Assert.Equal(("etcd-a", "/var/lib/etcd", "/etc/kubernetes/ssl", (52034, 52034)), (etcd.MemberName, etcd.HostDataFolder, etcd.HostCertificateFolder, etcd.Owner));
        Assert.Single(etcd.Pairs);
        Assert.Equal("Always:0", etcd.RestartPolicy);
    }

    [Fact]
    public void Address_of_IPv6_is_in_brackets_in_URLs_and_as_it_is_in_names_of_files()
    {
        ContainerInspectResponse made = Describe("nodes: [{address: 192.0.2.1, internal_address: \"fd00::1\", hostname_override: a, role: [etcd], user: rke}]");

        Assert.Contains("--listen-peer-urls=https://[fd00::1]:2380", made.Config!.Cmd!);
        Assert.Contains("--cert-file=/etc/kubernetes/ssl/kube-etcd-fd00::1.pem", made.Config!.Cmd!);
        RkeNode node = ClusterFile.Parse("nodes: [{address: \"fd00::1\", hostname_override: a, role: [etcd], user: rke}]").Nodes[0];
        Assert.Equal("https://[fd00::1]:2380", EtcdDeployment.Of(node, new ContainerInspectResponse { Config = new ContainerConfig() }).PeerUrls);
    }

    [Theory]
    [InlineData("Debian GNU/Linux 12", "", "/var/lib/etcd:/var/lib/rancher/etcd/")]
    [InlineData("Flatcar Container Linux by Kinvolk", "", "/opt/rke/var/lib/etcd:/var/lib/rancher/etcd/")]
    [InlineData("Flatcar Container Linux by Kinvolk", "prefix_path: /data", "/data/var/lib/etcd:/var/lib/rancher/etcd/")]
    [InlineData("Boot2Docker 19.03", "prefix_path: /", "/mnt/sda1/rke/var/lib/etcd:/var/lib/rancher/etcd/")]
    public void Data_is_where_RKE_has_it_on_that_system(string system, string setting, string bind)
    {
        ContainerInspectResponse made = Describe($"nodes: [{{address: 10.0.0.1, role: [etcd], user: rke}}]\nkubernetes_version: v1.24.1\n{setting}\n", new SystemInfoResponse { OperatingSystem = system });

        Assert.Equal(bind, made.HostConfig!.Binds![0]);
        Assert.Contains("--listen-peer-urls=https://0.0.0.0:2380", made.Config!.Cmd!);
        Assert.Contains("ETCDCTL_ENDPOINTS=https://127.0.0.1:2379", made.Config!.Env!);
    }

    [Fact]
    public void Containers_made_after_another_share_nothing_with_it()
    {
        RkeCluster cluster = ClusterFile.Parse("nodes: [{address: 10.0.0.1, role: [etcd], user: rke}, {address: 10.0.0.2, role: [etcd], user: rke}]");
        EtcdDeployment template = EtcdDeployment.Of(cluster.Nodes[0], EtcdDesign.Describe(cluster, cluster.Nodes[0], new SystemInfoResponse()));

        EtcdDeployment made = EtcdRecreation.Adapt(template, cluster.Nodes[0], cluster.Nodes[1]);
        made.Inspected.HostConfig!.RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No };

        Assert.Equal(template.Inspected.HostConfig!.Binds, made.Inspected.HostConfig.Binds);
        Assert.Equal("host", made.Inspected.HostConfig.NetworkMode);
        Assert.Equal("Always:0", template.RestartPolicy);
    }

    [Fact]
    public void Design_tells_containers_apart_by_the_settings_of_the_user()
    {
        string Design(string services) => EtcdDeployment.Of(
            ClusterFile.Parse("nodes: [{address: 10.0.0.1, role: [etcd], user: rke}]").Nodes[0], Describe("nodes: [{address: 10.0.0.1, role: [etcd], user: rke}]\n" + services)).Design;

        Assert.Equal(Design(""), Design(""));
        Assert.NotEqual(Design(""), Design("services: {etcd: {extra_args: {election-timeout: \"7000\"}}}"));
        Assert.NotEqual(Design(""), Design("services: {etcd: {extra_binds: [\"/x:/y\"]}}"));
        Assert.NotEqual(Design(""), Design("services: {etcd: {uid: 7, gid: 7}}"));
    }

    private static ContainerInspectResponse Describe(string yaml, SystemInfoResponse? system = null)
    {
        RkeCluster cluster = ClusterFile.Parse(yaml);
        return EtcdDesign.Describe(cluster, cluster.Nodes[0], system ?? new SystemInfoResponse { Architecture = "x86_64" });
    }
}
