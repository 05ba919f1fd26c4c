namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Where an element of a leaf keeps its key and value: the key's bytes, then the value's. Its bounds have been verified.</summary>
/// <param name="Start">The key's first byte, from the start of the page.</param>
/// <param name="KeySize">The bytes of the key.</param>
/// <param name="ValueSize">The bytes of the value.</param>
/// <param name="Flags">1 when the value is a bucket, 0 otherwise.</param>
internal readonly record struct LeafElement(long Start, int KeySize, uint ValueSize, uint Flags)
{
    /// <summary>True when the value is a bucket.</summary>
    public bool IsBucket => (Flags & 1) != 0;

    /// <summary>The value's first byte, from the start of the page.</summary>
    public long ValueStart => Start + KeySize;

    /// <summary>The byte after the value.</summary>
    public long End => ValueStart + ValueSize;
}
