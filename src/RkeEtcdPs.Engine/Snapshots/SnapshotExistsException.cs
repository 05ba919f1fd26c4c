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

    /// <param name="path">Where it lies.</param>
    /// <param name="difference">What is known of it, as a clause.</param>
    /// <param name="node">The node's name; null when it does not lie on a host.</param>
    internal SnapshotExistsException(string path, string difference, string? node)
        : base(
            FailureCategory.ResourceExists,
            $"There is another file already at {(node is null ? "" : $"{node}:")}{path}: {difference}. It was left as it is.",
            "Copy to another place, or replace it with -Force: the old one stays until the new one is verified.")
    {
        Nodes = [];
        Node = node;
    }

    private SnapshotExistsException(string message)
        : base(FailureCategory.ResourceExists, message, "Choose another name, or move that folder away: nothing replaces it, -Force neither.") => Nodes = [];

    /// <summary>A folder has the name, which is no snapshot and is never replaced.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="node">The node's name; null when it does not lie on a host.</param>
    internal static SnapshotExistsException Folder(string path, string? node)
        => new($"There is a folder at {(node is null ? "" : $"{node}:")}{path}. It was left as it is, and nothing was kept under its name.") { Node = node };

    /// <summary>The nodes that have it, where a save found it; empty where a copy did.</summary>
    public IReadOnlyList<RkeNode> Nodes { get; }
}
