using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>The etcd container of a host as RKE makes it, from cluster.yml alone: for a cluster that has no container left to make it after.</summary>
/// <remarks>
/// RKE also takes flags by the version of Kubernetes from data that it loads at run time (kontainer-driver-metadata), and which is not known here. What that
/// says of etcd as of Kubernetes 1.30 is <c>client-cert-auth</c> and <c>peer-client-cert-auth</c> for all, <c>enable-v2</c> from 1.17 to 1.21, and
/// <c>experimental-initial-corrupt-check</c> for two builds with etcd 3.5.2, which is left out.
/// </remarks>
internal static class EtcdDesign
{
    private const string Certificates = "/etc/kubernetes/ssl";
    private const string Authority = $"{Certificates}/kube-ca.pem";
    private const string SelinuxLabel = "label=type:rke_container_t";
    private const string StrictCiphers = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";

    // Bounds as RKE has them: a build of RKE's is before the version of its name, and before every suffix that sorts after its own.
    private const string OldVariables = "v3.2.99";
    private const string SecondPort = "v3.4.3-rancher99";
    private const string AllCiphers = "v3.4.14-rancher99";
    private const string Unlabelled = "v1.22.0-rancher0";

    /// <param name="cluster">With the images and the version of Kubernetes, where they are known.</param>
    /// <param name="node">The host.</param>
    /// <param name="system">What its engine says of it.</param>
    public static ContainerInspectResponse Describe(RkeCluster cluster, RkeNode node, SystemInfoResponse system)
    {
        string prefix = Prefix(cluster, system.OperatingSystem ?? "");
        // RKE relabels the folders, and from that version on runs the containers as a type that may use them.
        bool relabels = SemanticVersion.TryParse(cluster.KubernetesVersion) is not { } version || version.IsBefore(Unlabelled);
        bool selinux = system.SecurityOptions?.Any(option => option is "selinux" or "name=selinux" || option.StartsWith("name=selinux,", StringComparison.Ordinal)) == true;
        string label = relabels ? ":z" : "";
        (string Host, string Container)[] folders = [($"{prefix}/var/lib/etcd", "/var/lib/rancher/etcd/"), ($"{prefix}/etc/kubernetes", "/etc/kubernetes")];
        string image = cluster.SystemImages.GetValueOrDefault("etcd") ?? cluster.Etcd.Image ?? "";
        string[] binds = [.. folders.Select(folder => $"{folder.Host}:{folder.Container}{label}"), .. cluster.Etcd.ExtraBinds.Select(bind => bind.Trim()).Where(bind => bind.Length > 0)];
        return new ContainerInspectResponse
        {
            Config = new ContainerConfig
            {
                Image = image,
                Cmd = [.. Command(cluster, node, SemanticVersion.OfImage(image))],
                Env = [.. Variables(cluster, node, SemanticVersion.OfImage(image), system.Architecture ?? "")],
                Labels = new Dictionary<string, string> { ["io.rancher.rke.container.name"] = EtcdDeployment.Name },
                // The user twice: so does RKE, whatever the group. With one of them 0 it is root.
                User = cluster.Etcd is { UserId: { } user and not 0, GroupId: not (null or 0) } ? FormattableString.Invariant($"{user}:{user}") : "",
            },
            HostConfig = new HostConfig
            {
                NetworkMode = "host",
                Binds = [.. binds.Distinct(StringComparer.Ordinal)],
                SecurityOpt = selinux && !relabels ? [SelinuxLabel] : [],
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.Always },
            },
            Mounts = [.. folders.Select(folder => new MountPoint { Type = "bind", Source = folder.Host, Destination = folder.Container.TrimEnd('/'), RW = true })],
        };
    }

    // An image whose tag is no version, which RKE does not take, is held for a new one, but not for one that takes no other ciphers.
    private static IEnumerable<string> Command(RkeCluster cluster, RkeNode node, SemanticVersion? etcd)
    {
        string member = $"{Certificates}/{node.EtcdCertificateName}";
        string address = RkeNode.InUrl(node.InternalAddress);
        // Where there is no other address, this one may be one that is translated on its way, which nothing can listen on.
        string listen = node.InternalAddress == node.Address ? "0.0.0.0" : address;
        Dictionary<string, string> flags = new(StringComparer.Ordinal)
        {
            ["name"] = node.EtcdMemberName,
            ["data-dir"] = "/var/lib/rancher/etcd/",
            ["advertise-client-urls"] = etcd?.IsBefore(SecondPort) == true ? $"https://{address}:2379,https://{address}:4001" : $"https://{address}:2379",
            ["listen-client-urls"] = $"https://{listen}:2379",
            ["initial-advertise-peer-urls"] = node.EtcdPeerUrl,
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
        if (etcd?.IsBefore(AllCiphers) == false)
        {
            flags["cipher-suites"] = StrictCiphers;
        }

        if (SemanticVersion.TryParse(cluster.KubernetesVersion) is { Major: 1, Minor: >= 17 and <= 21 })
        {
            flags["enable-v2"] = "true";
        }

        foreach ((string flag, string value) in cluster.Etcd.ExtraArgs)
        {
            flags[flag] = value;
        }

        return
        [
            "/usr/local/bin/etcd",
            .. flags.Select(flag => $"--{flag.Key}={flag.Value}"),
            .. cluster.Etcd.ExtraArgsArray.SelectMany(flag => flag.Value.Select(value => $"--{flag.Key}={value}")),
        ];
    }

    private static IEnumerable<string> Variables(RkeCluster cluster, RkeNode node, SemanticVersion? etcd, string architecture)
    {
        string member = $"{Certificates}/{node.EtcdCertificateName}";
        bool everywhere = node.InternalAddress == node.Address;
        string address = RkeNode.InUrl(node.InternalAddress);
        return
        [
            "ETCDCTL_API=3",
            $"ETCDCTL_CACERT={Authority}",
            $"ETCDCTL_CERT={member}.pem",
            $"ETCDCTL_KEY={member}-key.pem",
            etcd?.IsBefore(OldVariables) == true
                ? $"ETCDCTL_ENDPOINT=https://{(everywhere ? "0.0.0.0" : address)}:2379"
                : $"ETCDCTL_ENDPOINTS=https://{(everywhere ? "127.0.0.1" : address)}:2379",
            // As Docker calls it. Before 3.5 etcd does not start on arm64 without it; elsewhere it does nothing.
            $"ETCD_UNSUPPORTED_ARCH={(architecture == "aarch64" ? "arm64" : architecture)}",
            .. cluster.Etcd.ExtraEnv,
        ];
    }

    private static string Prefix(RkeCluster cluster, string operatingSystem) => cluster.PrefixPath switch
    {
        { } given when given.TrimEnd('/').Length > 0 => given.TrimEnd('/'),
        _ when operatingSystem.Contains("Boot2Docker", StringComparison.OrdinalIgnoreCase) => "/mnt/sda1/rke",
        _ when ((string[])["RancherOS", "CoreOS", "Flatcar"]).Any(system => operatingSystem.Contains(system, StringComparison.OrdinalIgnoreCase)) => "/opt/rke",
        _ => "",
    };
}
