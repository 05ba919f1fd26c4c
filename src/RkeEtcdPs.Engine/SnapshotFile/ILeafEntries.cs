namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Takes the entries of a bucket's leaves while they are checked.</summary>
internal interface ILeafEntries
{
    /// <summary>Takes an entry whose bounds, place and order are right.</summary>
    /// <exception cref="SnapshotCorruptException">It is not what this bucket holds.</exception>
    void Take(LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key);
}
