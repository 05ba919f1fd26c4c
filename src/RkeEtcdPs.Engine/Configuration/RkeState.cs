namespace RkeEtcdPs.Engine.Configuration;

/// <summary>What RKE remembers of a cluster in <c>cluster.rkestate</c>, as far as it is of use to a new host. Made by <see cref="RkeStateFile"/>.</summary>
/// <param name="Source">Where it was found, in words.</param>
internal sealed record RkeState(string Source)
{
    /// <summary>The certificates by their names, such as <c>kube-ca</c>, with their keys; those without a key are not among them.</summary>
    public IReadOnlyDictionary<string, (string Certificate, Secret Key)> Certificates { get; init; } = new Dictionary<string, (string, Secret)>();

    /// <summary>Images by the keys of <c>system_images</c>.</summary>
    public IReadOnlyDictionary<string, string> SystemImages { get; init; } = new Dictionary<string, string>();

    public string? KubernetesVersion { get; init; }

    public string? ClusterDomain { get; init; }

    public string? ServiceClusterIpRange { get; init; }

    /// <summary>A cluster with what its cluster.yml leaves to RKE, and RKE has decided.</summary>
    public RkeCluster Complete(RkeCluster cluster) => cluster with
    {
        SystemImages = SystemImages.Concat(cluster.SystemImages).GroupBy(image => image.Key).ToDictionary(image => image.Key, image => image.Last().Value),
        KubernetesVersion = cluster.KubernetesVersion ?? KubernetesVersion,
        ClusterDomain = cluster.ClusterDomain ?? ClusterDomain,
        ServiceClusterIpRange = cluster.ServiceClusterIpRange ?? ServiceClusterIpRange,
    };
}
