namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Says which restore is meant, and on which of its hosts.</summary>
/// <param name="ClusterName">The cluster.</param>
/// <param name="Node">The name of the node.</param>
/// <param name="Operation">The id of the restore.</param>
public sealed record RestoreOnHost(string ClusterName, string Node, string Operation)
{
    /// <inheritdoc />
    public override string ToString() => $"{Node}: {Operation}";
}
