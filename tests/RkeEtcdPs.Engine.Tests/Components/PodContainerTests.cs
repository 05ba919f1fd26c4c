using RkeEtcdPs.Engine.Components;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Components;

public sealed class PodContainerTests
{
    [Theory]
    [InlineData("k8s_calico-node_canal-x7k2p_kube-system_uid_0", ComponentTier.Network)]
    [InlineData("k8s_kube-flannel_canal-x7k2p_kube-system_uid_12", ComponentTier.Network)]
    [InlineData("k8s_kube-flannel_kube-flannel-ds-x7k2p_kube-flannel_uid_0", ComponentTier.Network)]
    [InlineData("k8s_weave-npc_weave-net-x7k2p_kube-system_uid_0", ComponentTier.Network)]
    [InlineData("k8s_cilium-agent_cilium-x7k2p_kube-system_uid_0", ComponentTier.Network)]
    [InlineData("k8s_coredns_coredns-5b4_kube-system_uid_0", ComponentTier.Addons)]
    [InlineData("k8s_sidecar_kube-dns-5b4_kube-system_uid_0", ComponentTier.Addons)]
    [InlineData("k8s_metrics-server_metrics-server-5b4_kube-system_uid_0", ComponentTier.Addons)]
    [InlineData("k8s_controller_nginx-ingress-controller-5b4_ingress-nginx_uid_0", ComponentTier.Addons)]
    public void Containers_of_the_clusters_own_pods_are_known(string name, ComponentTier tier) => Assert.Equal(tier, PodContainer.Parse(name)?.Tier);

    [Theory]
    [InlineData("k8s_POD_canal-x7k2p_kube-system_uid_0")]
    [InlineData("k8s_calico-demo_calico-demo_default_uid_0")]
    [InlineData("k8s_web_web-5b4_shop_uid_0")]
    [InlineData("k8s_job_etcd-backup_kube-system_uid_0")]
    [InlineData("kubelet")]
    [InlineData("calico-node")]
    [InlineData("k8s_calico_canal_kube-system_uid")]
    [InlineData("")]
    public void Workloads_pause_containers_and_other_names_are_not(string name) => Assert.Null(PodContainer.Parse(name)?.Tier);
}
