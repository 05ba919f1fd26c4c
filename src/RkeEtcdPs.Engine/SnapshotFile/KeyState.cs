namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The latest entry of a key.</summary>
internal struct KeyState
{
    /// <summary>The key.</summary>
    public byte[] Key;

    /// <summary>The key's hash in the index.</summary>
    public ulong Hash;

    /// <summary>The entry's revision.</summary>
    public RevisionKey Revision;

    /// <summary>What the beginning of the value told.</summary>
    public KubernetesValue Value;

    /// <summary>See <see cref="SnapshotObject.CreateRevision"/>.</summary>
    public long CreateRevision;

    /// <summary>See <see cref="SnapshotObject.Version"/>.</summary>
    public long Version;

    /// <summary>See <see cref="SnapshotObject.Lease"/>.</summary>
    public long Lease;

    /// <summary>See <see cref="SnapshotObject.Size"/>.</summary>
    public long Size;

    /// <summary>See <see cref="SnapshotObject.Offset"/>.</summary>
    public long Offset;

    /// <summary>See <see cref="SnapshotObject.ContentHash"/>.</summary>
    public ulong ContentHash;
}
