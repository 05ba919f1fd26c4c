using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads the top level of a cluster.yml and checks what concerns more than one part of it.</summary>
internal sealed class ClusterReader(Section top, Findings findings)
{
    private const string DefaultName = "local";
    private const string DefaultRegistry = "docker.io";

    /// <summary>The cluster; usable only when the findings hold no error.</summary>
    /// <param name="path">The full path of the file; null for text.</param>
    public RkeCluster Read(string? path)
    {
        string name = top.Text("cluster_name") ?? DefaultName;
        NodeReader nodeReader = new(top, name, findings);
        RkeBastion? bastion = nodeReader.ReadBastion();
        IReadOnlyList<(RkeNode Node, Section At)> nodes = nodeReader.Read(bastion);
        Section? services = top.Child("services", ClusterKeys.Services);
        EtcdService etcd = new EtcdServiceReader(services, findings).Read();
        CheckDuplicates(nodes);
        CheckRoles([.. nodes.Select(node => node.Node)], etcd);
        return new RkeCluster
        {
            Name = name,
            Path = path,
            Nodes = [.. nodes.Select(node => node.Node)],
            Bastion = bastion,
            Etcd = etcd,
            KubeApi = KubeApiServiceReader.Read(services),
            SystemImages = SystemImages(),
            PrivateRegistries = PrivateRegistries(),
            PrefixPath = PrefixPath(),
            CloudProvider = top.Child("cloud_provider")?.Text("name"),
            KubernetesVersion = top.Text("kubernetes_version"),
            ClusterDomain = OfService("kubelet", "cluster_domain"),
            ServiceClusterIpRange = OfService("kube-api", "service_cluster_ip_range"),
            Warnings = findings.Warnings,
        };
    }

    private void CheckDuplicates(IReadOnlyList<(RkeNode Node, Section At)> nodes)
    {
        Check("address", "address", node => node.Address, findings.Error);
        Check("hostname_override", "name", node => node.Name, findings.Error);
        Check("internal_address", "internal address", node => node.InternalAddress, findings.Warn);

        void Check(string key, string what, Func<RkeNode, string> value, Action<YamlElement, string> report)
        {
            Dictionary<string, int> lines = new(StringComparer.OrdinalIgnoreCase);
            foreach ((RkeNode node, Section at) in nodes.Where(node => value(node.Node).Length > 0))
            {
                if (!lines.TryAdd(value(node), at.Place(key).Line))
                {
                    report(at.Place(key), $"the same {what} as that of the node at line {lines[value(node)]}");
                }
            }
        }
    }

    private void CheckRoles(IReadOnlyList<RkeNode> nodes, EtcdService etcd)
    {
        bool hasEtcdNodes = nodes.Any(node => node.Is(NodeRoles.Etcd));
        bool isExternal = etcd.ExternalUrls.Count > 0;
        if (!hasEtcdNodes && !isExternal)
        {
            findings.Error(top.Place("nodes"), "no node has the role etcd");
        }
        if (hasEtcdNodes && isExternal)
        {
            findings.Error(top.Place("services"), "etcd cannot be both external ('external_urls') and on nodes with the role etcd");
        }
        if (!nodes.Any(node => node.Is(NodeRoles.ControlPlane)))
        {
            findings.Warn(top.Place("nodes"), "no node has the role controlplane");
        }
    }

    private Dictionary<string, string> SystemImages()
    {
        Dictionary<string, string> images = new(StringComparer.Ordinal);
        if (top.Child("system_images", ClusterKeys.SystemImages) is { } section)
        {
            foreach (string key in ClusterKeys.SystemImages)
            {
                if (section.Text(key) is string image)
                {
                    images[key] = image;
                }
            }
        }
        return images;
    }

    private List<PrivateRegistry> PrivateRegistries()
    {
        List<PrivateRegistry> registries = [];
        foreach (YamlElement item in top.Items("private_registries"))
        {
            if (Section.Open(item, "a private registry", ClusterKeys.Registry, findings) is { } section)
            {
                registries.Add(new PrivateRegistry
                {
                    Url = section.Text("url") ?? DefaultRegistry,
                    User = section.Text("user"),
                    Password = section.Secret("password"),
                    IsDefault = section.Flag("is_default") ?? false,
                });
            }
        }
        return registries;
    }

    // Other services are not checked: what is wrong there is for RKE to say.
    private string? OfService(string service, string key)
    {
        Findings unheard = new();
        return Open(Open(top.Find("services"))?.Find(service))?.Text(key);

        Section? Open(YamlElement? element) => element is YamlMapping ? Section.Open(element, service, ClusterKeys.Services, unheard) : null;
    }

    private string? PrefixPath()
    {
        string? path = top.Text("prefix_path");
        if (path is not null && HostRules.UnixPath(path) is string problem)
        {
            findings.Error(top.Place("prefix_path"), $"'prefix_path' {problem}");
        }
        return path;
    }
}
