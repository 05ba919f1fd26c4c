namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>How much of a kind is in a snapshot.</summary>
/// <param name="ApiVersion">The API version; null when the values do not tell.</param>
/// <param name="Kind">The kind; null for keys that are not of Kubernetes.</param>
/// <param name="Count">The number of objects.</param>
/// <param name="Bytes">The bytes of their values.</param>
public sealed record KindCount(string? ApiVersion, string? Kind, long Count, long Bytes);
