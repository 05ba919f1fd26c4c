namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A node to work on, with the cluster whose settings apply there.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Node">One of its nodes.</param>
public sealed record SelectedNode(RkeCluster Cluster, RkeNode Node);
