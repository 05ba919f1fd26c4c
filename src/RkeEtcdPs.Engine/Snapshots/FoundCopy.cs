namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What lies under the name where a copy is to be written.</summary>
/// <param name="Snapshot">The file. Its hash, of a zip that of the database in it, is null when it is no whole snapshot.</param>
/// <param name="State">Of a zip, the state of the cluster in it, as <see cref="SnapshotFile.PackedSnapshot.DescribeState"/> says it; null when there is none.</param>
internal sealed record FoundCopy(EtcdSnapshot Snapshot, string? State = null);
