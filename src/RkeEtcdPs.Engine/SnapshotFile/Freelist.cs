using System.Buffers.Binary;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// The pages that are free, as bbolt's freelist page lists them. etcd on Linux does not store it: then every page that is not reached is free.
/// </summary>
internal static class Freelist
{
    private const int EntrySize = 8;

    /// <summary>Reads the stored freelist, marking its own pages as reached.</summary>
    /// <returns>The free pages; null when no freelist is stored.</returns>
    /// <exception cref="SnapshotCorruptException">It is no freelist, lists a page twice or one outside the database.</exception>
    public static PageMap? Read(Database database, PageMap reached)
    {
        if (database.Meta.Freelist is not { } page)
        {
            return null;
        }

        Page header = database.ReadHeader(page);
        if (header.Type != PageType.Freelist)
        {
            throw new SnapshotCorruptException("the freelist should be here", page, database.OffsetOf(page));
        }

        reached.MarkRun(page, header.Overflow, database.Meta.PageSize);
        long start = database.OffsetOf(page) + Page.HeaderSize;
        long room = (database.SizeOf(header) - Page.HeaderSize) / EntrySize;
        ulong count = header.Count;
        Span<byte> buffer = stackalloc byte[4096];

        // The header's count has 16 bits; the largest stands for "the first entry is the count".
        if (header.Count == ushort.MaxValue)
        {
            database.Bytes.ReadExactly(start, buffer[..EntrySize], page);
            count = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
            start += EntrySize;
            room--;
        }

        if (count > (ulong)room)
        {
            throw new SnapshotCorruptException($"the freelist says it has {count} entries and has room for {room}", page, start);
        }

        PageMap free = new(database.Meta.HighWater);
        for (long end = start + (long)count * EntrySize; start < end; start += buffer.Length)
        {
            Span<byte> entries = buffer[..(int)Math.Min(buffer.Length, end - start)];
            database.Bytes.ReadExactly(start, entries, page);
            Mark(entries, free, page, start);
        }

        return free;
    }

    private static void Mark(ReadOnlySpan<byte> entries, PageMap free, long page, long offset)
    {
        for (int at = 0; at < entries.Length; at += EntrySize)
        {
            ulong id = BinaryPrimitives.ReadUInt64LittleEndian(entries[at..]);
            if (id < 2 || id >= (ulong)free.Pages || !free.Mark((long)id))
            {
                throw new SnapshotCorruptException($"the freelist holds {id}, which is listed twice or no page of the database", page, offset + at);
            }
        }
    }
}
