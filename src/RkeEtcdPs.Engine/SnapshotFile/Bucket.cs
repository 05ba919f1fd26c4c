using System.Buffers.Binary;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A bucket, from its value in the root: {root u64, sequence u64}, and the leaf itself when it is small enough to be inline (root 0).</summary>
/// <param name="Name">Its name.</param>
/// <param name="Root">The page of its root; 0 when it is inline.</param>
/// <param name="Inline">The inline leaf; empty when it is not inline.</param>
/// <param name="Holder">The page its entry is on.</param>
/// <param name="Offset">Where its inline leaf would begin in the file.</param>
internal sealed record Bucket(byte[] Name, long Root, byte[] Inline, long Holder, long Offset)
{
    private const int HeaderSize = 16;

    /// <summary>True when the leaf is in the value.</summary>
    public bool IsInline => Root == 0;

    /// <summary>Reads a bucket from an element of the root's leaf.</summary>
    /// <exception cref="SnapshotCorruptException">The element is no bucket, or a damaged one.</exception>
    public static Bucket Read(Database database, LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key)
    {
        ReadOnlySpan<byte> value = leaf.Value(element);
        if (!element.IsBucket || value.Length < HeaderSize)
        {
            throw leaf.Fault(index, "the root holds something that is no bucket");
        }

        ulong root = BinaryPrimitives.ReadUInt64LittleEndian(value);
        long offset = database.OffsetOf(leaf.PageId) + element.ValueStart + HeaderSize;
        ReadOnlySpan<byte> inline = value[HeaderSize..];
        if (root != 0)
        {
            return root < (ulong)database.Meta.HighWater
                ? new Bucket(key.ToArray(), (long)root, [], leaf.PageId, offset)
                : throw leaf.Fault(index, $"the bucket's root is page {root}, outside the database");
        }

        // bolt makes a bucket inline only below a quarter of a page.
        return inline.Length is >= Page.HeaderSize and <= Page.MaxSize
            ? new Bucket(key.ToArray(), 0, inline.ToArray(), leaf.PageId, offset)
            : throw leaf.Fault(index, "the inline bucket has no room for a page, or too much");
    }
}
