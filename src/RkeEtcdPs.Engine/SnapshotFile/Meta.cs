using System.Buffers.Binary;
using System.Numerics;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A meta page's content, the entry into the database: 64 bytes after the page header, as bbolt's <c>internal/common/meta.go</c> lays it out.
/// Pages 0 and 1 are metas; the valid one with the higher transaction counts.
/// </summary>
/// <param name="PageSize">Bytes in a page.</param>
/// <param name="Root">The page of the root bucket.</param>
/// <param name="Freelist">The page of the freelist; null when it is not stored.</param>
/// <param name="HighWater">One more than the highest page in use.</param>
/// <param name="Transaction">The transaction that wrote it.</param>
internal sealed record Meta(int PageSize, long Root, long? Freelist, long HighWater, ulong Transaction)
{
    private const int Size = 64;
    private const int SummedSize = 56;
    private const uint Magic = 0xED0CDAED;
    private const uint Version = 2;
    private const ulong NotStored = ulong.MaxValue;

    /// <summary>The bytes of the database: high-water mark times page size. What etcd calls its total size.</summary>
    public long DatabaseSize => HighWater * PageSize;

    /// <summary>Finds the meta that counts.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="length">The length of the database in it, without the trailer.</param>
    /// <param name="valid">How many of the two are valid: 1 or 2.</param>
    /// <exception cref="SnapshotCorruptException">Neither is valid.</exception>
    public static Meta Find(SnapshotBytes bytes, long length, out int valid)
    {
        Meta? first = ReadAt(bytes, 0);
        Meta? second = null;
        if (first is not null)
        {
            second = ReadAt(bytes, first.PageSize);
        }
        else
        {
            // Without the first meta the page size is unknown, and it is where the second one lies.
            for (int size = Page.MinSize; size <= Page.MaxSize && second is null; size *= 2)
            {
                second = ReadAt(bytes, size) is { } found && found.PageSize == size ? found : null;
            }
        }

        if (first is not null && second is not null && first.PageSize != second.PageSize)
        {
            throw new SnapshotCorruptException($"the meta pages differ in the size of pages: {first.PageSize} and {second.PageSize} bytes", 0, 0);
        }

        valid = (first is null ? 0 : 1) + (second is null ? 0 : 1);
        Meta chosen = (first, second) switch
        {
            (null, null) => throw new SnapshotCorruptException("neither meta page is valid: this is no etcd database, or its start is lost", 0, 0),
            (null, _) => second,
            (_, null) => first,
            _ => second.Transaction > first.Transaction ? second : first,
        };
        chosen.VerifyBounds(length);
        return chosen;
    }

    private static Meta? ReadAt(SnapshotBytes bytes, long offset)
    {
        Span<byte> page = stackalloc byte[Page.HeaderSize + Size];
        return bytes.Read(offset, page) == page.Length ? Read(page[Page.HeaderSize..]) : null;
    }

    private static Meta? Read(ReadOnlySpan<byte> meta)
    {
        uint pageSize = BinaryPrimitives.ReadUInt32LittleEndian(meta[8..]);
        bool sound = BinaryPrimitives.ReadUInt32LittleEndian(meta) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(meta[4..]) == Version
            && BinaryPrimitives.ReadUInt64LittleEndian(meta[SummedSize..]) == Fnv1a(meta[..SummedSize])
            && BitOperations.IsPow2(pageSize) && pageSize is >= Page.MinSize and <= Page.MaxSize;
        if (!sound)
        {
            return null;
        }

        ulong freelist = BinaryPrimitives.ReadUInt64LittleEndian(meta[32..]);
        return new Meta(
            (int)pageSize,
            (long)BinaryPrimitives.ReadUInt64LittleEndian(meta[16..]),
            freelist == NotStored ? null : (long)freelist,
            (long)BinaryPrimitives.ReadUInt64LittleEndian(meta[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(meta[48..]));
    }

    private void VerifyBounds(long length)
    {
        // The sum is right, so bolt would believe it; pages outside the file mean a cut file, which is worth its own words.
        if (HighWater < 3 || HighWater > length / PageSize)
        {
            throw new SnapshotCorruptException(
                $"the database has {HighWater} pages of {PageSize} bytes, the file only {length} bytes: its end is missing", offset: length);
        }

        if (Root < 2 || Root >= HighWater || Freelist < 2 || Freelist >= HighWater)
        {
            throw new SnapshotCorruptException($"the meta page points outside the {HighWater} pages of the database", 0, 0);
        }
    }

    /// <summary>FNV-1a, 64 bits.</summary>
    private static ulong Fnv1a(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 14695981039346656037;
        foreach (byte value in bytes)
        {
            sum = (sum ^ value) * 1099511628211;
        }

        return sum;
    }
}
