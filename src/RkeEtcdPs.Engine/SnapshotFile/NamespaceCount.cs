namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>How much of a namespace is in a snapshot.</summary>
/// <param name="Namespace">The namespace; null for objects of the whole cluster and keys that are not of Kubernetes.</param>
/// <param name="Count">The number of objects.</param>
/// <param name="Bytes">The bytes of their values.</param>
public sealed record NamespaceCount(string? Namespace, long Count, long Bytes);
