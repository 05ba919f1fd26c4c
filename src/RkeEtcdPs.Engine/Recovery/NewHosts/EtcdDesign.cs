using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using Version = System.Version;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>The etcd container of a host as RKE makes it, from cluster.yml alone: for a cluster that has no container left to make it after.</summary>
internal static class EtcdDesign
{
    private const string Certificates = "/etc/kubernetes/ssl";
    private const string Authority = $"{Certificates}/kube-ca.pem";

    // From this version on RKE leaves the label to hosts that have SELinux.
    private static readonly Version LastLabelled = new(1, 21);

    /// <param name="cluster">With the images and the version of Kubernetes, where they are known.</param>
    /// <param name="node">The host.</param>
    /// <param name="operatingSystem">As its engine calls it.</param>
    public static ContainerInspectResponse Describe(RkeCluster cluster, RkeNode node, string operatingSystem)
    {
        string prefix = Prefix(cluster, operatingSystem);
        string label = VersionOf(cluster) is { } version && version <= LastLabelled ? ":z" : "";
        (string Host, string Container)[] folders = [($"{prefix}/var/lib/etcd", "/var/lib/rancher/etcd/"), ($"{prefix}/etc/kubernetes", "/etc/kubernetes")];
        string member = $"{Certificates}/kube-etcd-{node.InternalAddress.Replace('.', '-').Replace(':', '-')}";
        bool everywhere = node.InternalAddress == node.Address;
        return new ContainerInspectResponse
        {
            Config = new ContainerConfig
            {
                Image = cluster.SystemImages.GetValueOrDefault("etcd") ?? cluster.Etcd.Image ?? "",
                Cmd = ["/usr/local/bin/etcd", .. Flags(cluster, node, member, everywhere ? "0.0.0.0" : Url(node.InternalAddress)).Select(flag => $"--{flag.Key}={flag.Value}")],
                Env =
                [
                    "ETCDCTL_API=3",
                    $"ETCDCTL_CACERT={Authority}",
                    $"ETCDCTL_CERT={member}.pem",
                    $"ETCDCTL_KEY={member}-key.pem",
                    $"ETCDCTL_ENDPOINTS=https://{(everywhere ? "127.0.0.1" : Url(node.InternalAddress))}:2379",
                    .. cluster.Etcd.ExtraEnv,
                ],
                Labels = new Dictionary<string, string> { ["io.rancher.rke.container.name"] = EtcdDeployment.Name },
                User = cluster.Etcd is { UserId: { } user, GroupId: { } group } ? FormattableString.Invariant($"{user}:{group}") : "",
            },
            HostConfig = new HostConfig
            {
                NetworkMode = "host",
                Binds = [.. folders.Select(folder => $"{folder.Host}:{folder.Container}{label}"), .. cluster.Etcd.ExtraBinds],
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.Always },
            },
            Mounts = [.. folders.Select(folder => new MountPoint { Type = "bind", Source = folder.Host, Destination = folder.Container.TrimEnd('/'), RW = true })],
        };
    }

    private static Dictionary<string, string> Flags(RkeCluster cluster, RkeNode node, string member, string listen)
    {
        string address = Url(node.InternalAddress);
        Dictionary<string, string> flags = new(StringComparer.Ordinal)
        {
            ["name"] = node.EtcdMemberName,
            ["data-dir"] = "/var/lib/rancher/etcd/",
            ["advertise-client-urls"] = $"https://{address}:2379",
            ["listen-client-urls"] = $"https://{listen}:2379",
            ["initial-advertise-peer-urls"] = $"https://{address}:2380",
            ["listen-peer-urls"] = $"https://{listen}:2380",
            // Filled in when it is made.
            ["initial-cluster"] = "",
            ["initial-cluster-token"] = "etcd-cluster-1",
            ["initial-cluster-state"] = "new",
            ["client-cert-auth"] = "true",
            ["peer-client-cert-auth"] = "true",
            ["trusted-ca-file"] = Authority,
            ["peer-trusted-ca-file"] = Authority,
            ["cert-file"] = $"{member}.pem",
            ["key-file"] = $"{member}-key.pem",
            ["peer-cert-file"] = $"{member}.pem",
            ["peer-key-file"] = $"{member}-key.pem",
            ["heartbeat-interval"] = "500",
            ["election-timeout"] = "5000",
        };
        foreach ((string flag, string value) in cluster.Etcd.ExtraArgs)
        {
            flags[flag] = value;
        }

        return flags;
    }

    private static string Prefix(RkeCluster cluster, string operatingSystem) => cluster.PrefixPath switch
    {
        { } given when given.TrimEnd('/').Length > 0 => given.TrimEnd('/'),
        _ when operatingSystem.Contains("Boot2Docker", StringComparison.OrdinalIgnoreCase) => "/mnt/sda1/rke",
        _ when ((string[])["RancherOS", "CoreOS", "Flatcar"]).Any(system => operatingSystem.Contains(system, StringComparison.OrdinalIgnoreCase)) => "/opt/rke",
        _ => "",
    };

    // v1.20.4-rancher1-1
    private static Version? VersionOf(RkeCluster cluster)
        => Version.TryParse(cluster.KubernetesVersion?.TrimStart('v').Split('-')[0], out Version? version) ? new Version(version.Major, version.Minor) : null;

    private static string Url(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
}
