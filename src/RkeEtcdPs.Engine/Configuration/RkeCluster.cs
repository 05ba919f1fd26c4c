namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A cluster as one cluster.yml describes it, with RKE's defaults filled in. Made by <see cref="ClusterFile"/>.</summary>
public sealed record RkeCluster
{
    /// <summary><c>cluster_name</c>; <c>local</c>, as in RKE, when it is not given.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of the file; null when the cluster came from text.</summary>
    public string? Path { get; init; }

    /// <summary>The hosts, in the order of the file.</summary>
    public required IReadOnlyList<RkeNode> Nodes { get; init; }

    /// <summary>The bastion; null when there is none.</summary>
    public RkeBastion? Bastion { get; init; }

    /// <summary>The etcd service.</summary>
    public required EtcdService Etcd { get; init; }

    /// <summary>The API server's service; all defaults when the file does not speak of it.</summary>
    public KubeApiService KubeApi { get; init; } = new();

    /// <summary><c>system_images</c>: image by key (<c>etcd</c>, <c>alpine</c>, …) as written; empty when the file leaves them to RKE.</summary>
    public IReadOnlyDictionary<string, string> SystemImages { get; init; } = new Dictionary<string, string>();

    /// <summary>Registries with their credentials; empty when there are none.</summary>
    public IReadOnlyList<PrivateRegistry> PrivateRegistries { get; init; } = [];

    /// <summary><c>prefix_path</c>; null when not given, and then the host's operating system decides.</summary>
    public string? PrefixPath { get; init; }

    /// <summary>The name under <c>cloud_provider</c>, such as <c>aws</c>; null when not given. It may give nodes their names.</summary>
    public string? CloudProvider { get; init; }

    /// <summary><c>kubernetes_version</c>; null when not given.</summary>
    public string? KubernetesVersion { get; init; }

    /// <summary><c>services.kubelet.cluster_domain</c>; null when not given, which is <c>cluster.local</c>.</summary>
    public string? ClusterDomain { get; init; }

    /// <summary><c>services.kube-api.service_cluster_ip_range</c>, such as <c>10.43.0.0/16</c>, which is what RKE takes when it is not given (null).</summary>
    public string? ServiceClusterIpRange { get; init; }

    /// <summary>What is odd in the file but does not make it invalid, unknown keys above all; empty when nothing is.</summary>
    public IReadOnlyList<ConfigurationMessage> Warnings { get; init; } = [];

    /// <summary>The nodes with the etcd role, in the order of the file.</summary>
    public IEnumerable<RkeNode> EtcdNodes => Nodes.Where(node => node.Is(NodeRoles.Etcd));

    /// <inheritdoc />
    public override string ToString() => Name;
}
