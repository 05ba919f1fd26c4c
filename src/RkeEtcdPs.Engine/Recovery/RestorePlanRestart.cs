using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What is restarted on one node when etcd has its data.</summary>
public sealed record RestorePlanRestart
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>Names of components, in order, and <c>Network</c> for the containers of such pods.</summary>
    public required IReadOnlyList<string> Components { get; init; }

    /// <summary>What watches etcd or the API servers, on every node of a cluster in the order of cluster.yml, those that are only workers too.</summary>
    public static IReadOnlyList<RestorePlanRestart> AllOf(RkeCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ComponentRestartRequest all = new();
        return [.. cluster.Nodes.Select(node => new RestorePlanRestart { Node = node.Name, Address = node.Address, Components = all.ComponentsOn(node) })];
    }

    /// <inheritdoc />
    public override string ToString() => $"{Node} ({Address}): {string.Join(", ", Components)}";
}
