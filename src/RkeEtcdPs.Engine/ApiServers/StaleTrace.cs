namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>A key in etcd that speaks of a host which is not in cluster.yml.</summary>
public sealed record StaleTrace
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>What it stands for.</summary>
    public required StaleTraceKind Kind { get; init; }

    /// <summary>The address of the API server, or the name of the node.</summary>
    public required string Name { get; init; }

    /// <summary>The key.</summary>
    public required string Key { get; init; }

    /// <summary>True when it was removed.</summary>
    public bool Removed { get; init; }

    /// <summary>The keys of which at least one changes with every heartbeat as long as what it speaks of is alive.</summary>
    internal IReadOnlyList<string> Signs { get; init; } = [];

    /// <inheritdoc />
    public override string ToString() => Key;
}
