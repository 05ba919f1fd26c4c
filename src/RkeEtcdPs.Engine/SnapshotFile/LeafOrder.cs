using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Checks one leaf: that its entries lie one behind the other, as bolt writes them, and that its keys rise within the bounds set above it.</summary>
internal static class LeafOrder
{
    private const int PieceSize = 1 << 20;

    /// <summary>Checks a leaf and hands over its entries.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="lower">The key at or after which its keys must be; empty for none.</param>
    /// <param name="upper">The key before which they must be; empty for none.</param>
    /// <param name="entries">Takes the entries.</param>
    /// <returns>The byte after the last entry, from the start of the page.</returns>
    // Here and below it: what runs for every entry is compiled at its best from the start. A large file would be half read before the runtime
    // had noticed by itself that it pays.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Check(LeafPage leaf, ReadOnlySpan<byte> lower, ReadOnlySpan<byte> upper, ILeafEntries entries)
    {
        long end = leaf.DataStart;
        ReadOnlySpan<byte> previous = lower;
        for (int index = 0; index < leaf.Count; index++)
        {
            LeafElement element = leaf.Element(index);
            if (element.Start != end || element.Flags > 1)
            {
                throw leaf.Fault(index, $"entry {index} is not where or what bolt would have written");
            }

            ReadOnlySpan<byte> key = leaf.Key(index, element);
            int order = previous.SequenceCompareTo(key);
            if (order > 0 || (order == 0 && index > 0))
            {
                throw leaf.Fault(index, $"key {index} does not come after the one before it");
            }

            entries.Take(leaf, index, element, key);
            previous = key;
            end = element.End;
        }

        return upper.IsEmpty || leaf.Count == 0 || previous.SequenceCompareTo(upper) < 0
            ? end
            : throw leaf.Fault(leaf.Count - 1, "the last key belongs to the next page");
    }

    /// <summary>The CRC-32C of a leaf's keys and values. They lie one behind the other, so it is that of one run of bytes.</summary>
    public static uint Sum(LeafPage leaf, long end)
    {
        if (leaf.TryGetResident(leaf.DataStart, end, out ReadOnlySpan<byte> resident))
        {
            return Crc32C.Append(0, resident);
        }

        byte[] piece = new byte[PieceSize];
        uint sum = 0;
        for (long at = leaf.DataStart; at < end; at += piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, end - at));
            leaf.Read(at, part);
            sum = Crc32C.Append(sum, part);
        }

        return sum;
    }
}
