namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A leaf as the branches above it tell of it, and what its own bytes then came to.</summary>
internal struct LeafSlot
{
    /// <summary>Its page.</summary>
    public long Page;

    /// <summary>The key at or after which its keys must be, in the arena.</summary>
    public ulong Lower;

    /// <summary>The key before which they must be, in the arena; none when it is the last of its bucket.</summary>
    public ulong Upper;

    /// <summary>The bytes of its keys and values.</summary>
    public long Length;

    /// <summary>The CRC-32C of its keys and values.</summary>
    public uint Sum;

    /// <summary>The number of its bucket.</summary>
    public int Bucket;
}
