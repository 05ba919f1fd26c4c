namespace RkeEtcdPs.Cmdlets.Tests;

/// <summary>Texts of cluster.yml.</summary>
internal static class ClusterYaml
{
    /// <summary>Cluster <c>lab</c>: three hosts, two of them with etcd. No quotes in it.</summary>
    public const string Lab =
        """
        cluster_name: lab
        nodes:
          - address: 10.0.0.1
            hostname_override: node1
            user: rke
            role: [controlplane, etcd]
          - address: 10.0.0.2
            hostname_override: node2
            user: rke
            role: [etcd]
          - address: 10.0.0.3
            hostname_override: worker1
            user: rke
            role: [worker]
        """;

    /// <summary>The same with a key that nobody knows, on line 2.</summary>
    public static string WithTypo { get; } = Lab.Replace("nodes:", "kubernetes_verison: v1.20.4\nnodes:", StringComparison.Ordinal);

    /// <summary>Two hosts without what they need.</summary>
    public const string Broken =
        """
        cluster_name: broken
        nodes:
          - user: rke
            role: [etcd]
          - address: 10.0.0.2
            user: rke
            role: [chef]
        """;
}
