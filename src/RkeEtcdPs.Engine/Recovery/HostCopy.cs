namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The verified copy of a snapshot on a host.</summary>
/// <param name="Size">The bytes of the file.</param>
/// <param name="CreatedAt">The time of the file, in UTC.</param>
/// <param name="Hash">The SHA-256 that etcd wrote, and that its bytes hash to.</param>
/// <param name="Revision">The revision in it.</param>
/// <param name="KeyCount">What etcd's tool calls total keys.</param>
internal sealed record HostCopy(long Size, DateTime CreatedAt, string Hash, long Revision, long KeyCount);
