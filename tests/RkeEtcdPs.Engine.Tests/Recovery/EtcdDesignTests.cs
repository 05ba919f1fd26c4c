using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Recovery.NewHosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class EtcdDesignTests
{
    [Fact]
    public void Container_is_as_RKE_makes_it_with_the_settings_of_the_user()
    {
        ContainerInspectResponse made = Describe(
            """
            nodes: [{address: 192.0.2.1, internal_address: 10.0.0.1, hostname_override: a, role: [etcd], user: rke}]
            kubernetes_version: v1.20.4-rancher1-1
            system_images: {etcd: "rancher/etcd:1"}
            services:
              etcd:
                uid: 52034
                gid: 52034
                extra_args: {election-timeout: "7000", quota-backend-bytes: "6442450944"}
                extra_env: [A=b]
                extra_binds: ["/x:/y"]
            """,
            "Debian GNU/Linux 12");

        Assert.Equal("rancher/etcd:1", made.Config!.Image);
        Assert.Equal("/usr/local/bin/etcd", made.Config!.Cmd![0]);
        Assert.All(
            (string[])
            [
                "--name=etcd-a", "--data-dir=/var/lib/rancher/etcd/", "--listen-client-urls=https://10.0.0.1:2379", "--initial-advertise-peer-urls=https://10.0.0.1:2380",
                "--cert-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1.pem", "--peer-key-file=/etc/kubernetes/ssl/kube-etcd-10-0-0-1-key.pem", "--peer-client-cert-auth=true",
                "--election-timeout=7000", "--quota-backend-bytes=6442450944",
            ],
            flag => Assert.Contains(flag, made.Config!.Cmd!));
        Assert.Contains("ETCDCTL_ENDPOINTS=https://10.0.0.1:2379", made.Config!.Env!);
        Assert.Contains("A=b", made.Config!.Env!);
        Assert.Equal(["/var/lib/etcd:/var/lib/rancher/etcd/:z", "/etc/kubernetes:/etc/kubernetes:z", "/x:/y"], made.HostConfig!.Binds!);
        EtcdDeployment etcd = EtcdDeployment.Of(ClusterFile.Parse("nodes: [{address: 10.0.0.1, role: [etcd], user: rke}]").Nodes[0], made);
        Assert.Equal(("etcd-a", "https://10.0.0.1:2380", "/var/lib/etcd", "/etc/kubernetes/ssl", (52034, 52034)), (etcd.MemberName, etcd.PeerUrls, etcd.HostDataFolder, etcd.HostCertificateFolder, etcd.Owner));
        Assert.Single(etcd.Pairs);
        Assert.Equal("Always:0", etcd.RestartPolicy);
    }

    [Theory]
    [InlineData("Debian GNU/Linux 12", "", "/var/lib/etcd:/var/lib/rancher/etcd/")]
    [InlineData("Flatcar Container Linux by Kinvolk", "", "/opt/rke/var/lib/etcd:/var/lib/rancher/etcd/")]
    [InlineData("Flatcar Container Linux by Kinvolk", "prefix_path: /data", "/data/var/lib/etcd:/var/lib/rancher/etcd/")]
    [InlineData("Boot2Docker 19.03", "prefix_path: /", "/mnt/sda1/rke/var/lib/etcd:/var/lib/rancher/etcd/")]
    public void Data_is_where_RKE_has_it_on_that_system(string system, string setting, string bind)
    {
        ContainerInspectResponse made = Describe($"nodes: [{{address: 10.0.0.1, role: [etcd], user: rke}}]\nkubernetes_version: v1.24.1\n{setting}\n", system);

        Assert.Equal(bind, made.HostConfig!.Binds![0]);
        Assert.Contains("--listen-peer-urls=https://0.0.0.0:2380", made.Config!.Cmd!);
    }

    private static ContainerInspectResponse Describe(string yaml, string system)
    {
        RkeCluster cluster = ClusterFile.Parse(yaml);
        return EtcdDesign.Describe(cluster, cluster.Nodes[0], system);
    }
}
