using System.Collections.Immutable;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Lab.Images;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>The containers of RKE on a host, by its roles. The Kubernetes components only wait; etcd is real.</summary>
internal static class ComponentContainers
{
    private const string Sidekick = "service-sidekick";
    private const string Certificates = "/etc/kubernetes/ssl";

    /// <summary>All of them, in the order in which they are created.</summary>
    internal static IReadOnlyList<ContainerPlan> Of(HostDescription host, LabDescription lab)
    {
        var roles = host.Configuration.Roles;
        List<ContainerPlan> plans = [new(Sidekick, [], [LabImages.RkeTools], Runs: false)];
        if (host.Configuration.HasEtcd)
        {
            plans.Add(EtcdContainer.Of(host, lab));
        }

        if (roles.HasFlag(NodeRoles.ControlPlane))
        {
            plans.Add(Component("kube-apiserver", ApiServerFlags(lab)));
            plans.Add(Component("kube-controller-manager", ["--leader-elect=true"]));
            plans.Add(Component("kube-scheduler", ["--leader-elect=true"]));
        }
        else
        {
            plans.Add(Proxy(lab));
        }

        plans.Add(Component("kubelet", [$"--hostname-override={host.Configuration.Name}"]));
        plans.Add(Component("kube-proxy", [$"--hostname-override={host.Configuration.Name}"]));
        return plans;
    }

    private static ContainerPlan Component(string name, ImmutableArray<string> flags) => new(
        name,
        ["--restart", "always", "--volumes-from", Sidekick, "--volume", "/etc/kubernetes:/etc/kubernetes", "--entrypoint", "/opt/rke-tools/entrypoint.sh"],
        [name == "nginx-proxy" ? LabImages.RkeTools : LabImages.Hyperkube, name, .. flags]);

    // The argument is there so that RKE makes the container anew when it changes.
    private static ContainerPlan Proxy(LabDescription lab)
    {
        var servers = lab.Hosts.Where(h => h.Configuration.Roles.HasFlag(NodeRoles.ControlPlane)).Select(h => h.InternalAddress);
        var assignment = $"CP_HOSTS={string.Join(',', servers)}";
        var plan = Component("nginx-proxy", [assignment]);
        return plan with { Options = [.. plan.Options, "--env", assignment] };
    }

    private static ImmutableArray<string> ApiServerFlags(LabDescription lab)
    {
        var endpoints = lab.Hosts.Where(h => h.Configuration.HasEtcd).Select(h => $"https://{h.InternalAddress}:2379");
        return
        [
            $"--etcd-servers={string.Join(',', endpoints)}",
            $"--etcd-cafile={Certificates}/kube-ca.pem",
            $"--etcd-certfile={Certificates}/kube-node.pem",
            $"--etcd-keyfile={Certificates}/kube-node-key.pem",
            "--etcd-prefix=/registry",
        ];
    }
}
