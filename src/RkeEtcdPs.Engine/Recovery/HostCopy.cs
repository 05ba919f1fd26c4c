namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A verified copy of a snapshot.</summary>
/// <param name="Size">The bytes of the snapshot, unpacked.</param>
/// <param name="CreatedAt">The time of the file, in UTC.</param>
/// <param name="Hash">The SHA-256 that etcd wrote, and that its bytes hash to.</param>
/// <param name="Revision">The revision in it.</param>
/// <param name="KeyCount">What etcd's tool calls total keys; null when not known.</param>
/// <param name="FileSize">The bytes of the file, which may be a zip.</param>
/// <param name="Path">Where helper containers see it, unpacked; null for one that is not on a host.</param>
internal sealed record HostCopy(long Size, DateTime CreatedAt, string Hash, long Revision, long? KeyCount, long FileSize, string? Path)
{
    /// <summary>True when it lies there as a zip.</summary>
    public bool IsUnpacked => Path is { } path && !path.StartsWith(Snapshots.SnapshotFolder.Mounted + "/", StringComparison.Ordinal);
}
