using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>There is a snapshot of that name already, and it is kept.</summary>
public sealed class SnapshotExistsException : EtcdSnapshotException
{
    /// <param name="name">The snapshot's name.</param>
    /// <param name="nodes">The nodes that have it.</param>
    /// <param name="consequence">What became of the request, as a sentence.</param>
    internal SnapshotExistsException(string name, IReadOnlyList<RkeNode> nodes, string consequence)
        : base(
            FailureCategory.ResourceExists,
            $"A snapshot named {name} is already on {string.Join(", ", nodes)}. {consequence}",
            "Choose another name, or replace it with -Force: the old one stays until the new one is verified.")
    {
        Nodes = nodes;
        Node = nodes.Count == 1 ? nodes[0].Name : null;
    }

    /// <summary>The nodes that have it; at least one.</summary>
    public IReadOnlyList<RkeNode> Nodes { get; }
}
