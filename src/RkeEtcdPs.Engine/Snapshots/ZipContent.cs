namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What was found in a zip that was read to its end.</summary>
/// <param name="Hash">The SHA-256 of the database.</param>
/// <param name="State">What lies beside it, as <see cref="SnapshotFile.PackedSnapshot.DescribeState"/> says it; null when nothing does.</param>
internal sealed record ZipContent(string Hash, string? State);
