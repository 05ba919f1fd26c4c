using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>Writes bolt databases of any page size and shape, so that the corners of the format can be tested without an etcd of each version.</summary>
internal sealed class BoltFile
{
    private readonly SortedDictionary<string, SortedDictionary<byte[], byte[]>> _buckets = new(StringComparer.Ordinal);
    private readonly List<byte[]> _pages = [];

    public int PageSize { get; init; } = 4096;

    /// <summary>The number of free pages; -1 when the freelist is not stored.</summary>
    public int FreePages { get; init; } = -1;

    /// <summary>False to give even the smallest bucket a page of its own.</summary>
    public bool Inline { get; init; } = true;

    public bool Sealed { get; init; } = true;

    public ulong Transaction { get; init; } = 7;

    /// <summary>A bucket, made when it is new.</summary>
    public SortedDictionary<byte[], byte[]> this[string bucket]
    {
        get
        {
            if (!_buckets.TryGetValue(bucket, out SortedDictionary<byte[], byte[]>? entries))
            {
                _buckets[bucket] = entries = new SortedDictionary<byte[], byte[]>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
            }

            return entries;
        }
    }

    public byte[] Build()
    {
        _pages.Clear();
        _pages.AddRange([new byte[PageSize], new byte[PageSize]]);
        List<Entry> root = [];
        foreach ((string name, SortedDictionary<byte[], byte[]> entries) in _buckets)
        {
            root.Add(new Entry(Encoding.UTF8.GetBytes(name), WriteBucket([.. entries.Select(e => new Entry(e.Key, e.Value, 0))]), 1));
        }

        ulong rootPage = WriteTree(root);
        ulong freelist = WriteFreelist();
        ulong highWater = (ulong)_pages.Sum(page => page.Length / PageSize);
        for (int meta = 0; meta < 2; meta++)
        {
            WriteMeta(_pages[meta], meta, rootPage, freelist, highWater, Transaction - (ulong)meta);
        }

        byte[] content = [.. _pages.SelectMany(page => page)];
        return Sealed ? Seal(content) : content;
    }

    /// <summary>Appends the hash that etcd appends.</summary>
    public static byte[] Seal(byte[] content) => [.. content, .. SHA256.HashData(content)];

    /// <summary>Makes a meta page's checksum right.</summary>
    public static void SealMeta(Span<byte> page)
    {
        ulong sum = 14695981039346656037;
        foreach (byte value in page.Slice(16, 56))
        {
            sum = (sum ^ value) * 1099511628211;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(page[72..], sum);
    }

    private byte[] WriteBucket(List<Entry> entries)
    {
        int size = 16 + entries.Sum(e => e.Size);
        byte[] value = new byte[16];
        if (Inline && size < PageSize / 4)
        {
            return [.. value, .. Leaf(0, entries, size)];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(value, WriteTree(entries));
        return value;
    }

    private ulong WriteTree(List<Entry> entries)
    {
        List<(byte[] Key, ulong Page)> level = [];
        foreach (List<Entry> part in Split(entries))
        {
            int size = Math.Max(PageSize, (16 + part.Sum(e => e.Size) + PageSize - 1) / PageSize * PageSize);
            ulong page = Allocate(id => Leaf(id, part, size));
            level.Add((part.Count > 0 ? part[0].Key : [], page));
        }

        while (level.Count > 1)
        {
            List<(byte[] Key, ulong Page)> above = [];
            foreach ((byte[] Key, ulong Page)[] part in level.Chunk(Math.Max(2, (PageSize - 16) / 64)))
            {
                above.Add((part[0].Key, Allocate(id => Branch(id, part))));
            }

            level = above;
        }

        return level[0].Page;
    }

    private List<List<Entry>> Split(List<Entry> entries)
    {
        List<List<Entry>> parts = [[]];
        int size = 16;
        foreach (Entry entry in entries)
        {
            if (parts[^1].Count >= 2 && size + entry.Size > PageSize)
            {
                parts.Add([]);
                size = 16;
            }

            parts[^1].Add(entry);
            size += entry.Size;
        }

        return parts;
    }

    private ulong Allocate(Func<ulong, byte[]> make)
    {
        ulong id = (ulong)_pages.Sum(page => page.Length / PageSize);
        byte[] page = make(id);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(12), (uint)((page.Length / PageSize) - 1));
        _pages.Add(page);
        return id;
    }

    private static byte[] Header(byte[] page, ulong id, ushort type, int count)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(page, id);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(8), type);
        BinaryPrimitives.WriteUInt16LittleEndian(page.AsSpan(10), (ushort)count);
        return page;
    }

    private static byte[] Leaf(ulong id, List<Entry> entries, int size)
    {
        byte[] page = Header(new byte[size], id, 2, entries.Count);
        int data = 16 + (16 * entries.Count);
        for (int index = 0; index < entries.Count; index++)
        {
            Span<byte> element = page.AsSpan(16 + (16 * index));
            BinaryPrimitives.WriteUInt32LittleEndian(element, entries[index].Flags);
            BinaryPrimitives.WriteInt32LittleEndian(element[4..], data - 16 - (16 * index));
            BinaryPrimitives.WriteInt32LittleEndian(element[8..], entries[index].Key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(element[12..], entries[index].Value.Length);
            entries[index].Key.CopyTo(page, data);
            entries[index].Value.CopyTo(page, data + entries[index].Key.Length);
            data += entries[index].Size - 16;
        }

        return page;
    }

    private byte[] Branch(ulong id, (byte[] Key, ulong Page)[] children)
    {
        int size = 16 + children.Sum(child => 16 + child.Key.Length);
        byte[] page = Header(new byte[(size + PageSize - 1) / PageSize * PageSize], id, 1, children.Length);
        int data = 16 + (16 * children.Length);
        for (int index = 0; index < children.Length; index++)
        {
            Span<byte> element = page.AsSpan(16 + (16 * index));
            BinaryPrimitives.WriteInt32LittleEndian(element, data - 16 - (16 * index));
            BinaryPrimitives.WriteInt32LittleEndian(element[4..], children[index].Key.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(element[8..], children[index].Page);
            children[index].Key.CopyTo(page, data);
            data += children[index].Key.Length;
        }

        return page;
    }

    private ulong WriteFreelist()
    {
        if (FreePages < 0)
        {
            return ulong.MaxValue;
        }

        ulong first = (ulong)_pages.Sum(page => page.Length / PageSize);
        _pages.Add(new byte[FreePages * PageSize]);
        bool isLong = FreePages >= ushort.MaxValue;
        int entries = FreePages + (isLong ? 1 : 0);
        return Allocate(id =>
        {
            byte[] page = Header(new byte[Math.Max(1, (16 + (8 * entries) + PageSize - 1) / PageSize) * PageSize], id, 0x10, isLong ? ushort.MaxValue : FreePages);
            if (isLong)
            {
                BinaryPrimitives.WriteInt64LittleEndian(page.AsSpan(16), FreePages);
            }

            for (int index = 0; index < FreePages; index++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(16 + (8 * (index + entries - FreePages))), first + (ulong)index);
            }

            return page;
        });
    }

    private void WriteMeta(byte[] page, int id, ulong root, ulong freelist, ulong highWater, ulong transaction)
    {
        Header(page, (ulong)id, 4, 0);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(16), 0xED0CDAED);
        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(20), 2);
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(24), PageSize);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(32), root);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(48), freelist);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(56), highWater);
        BinaryPrimitives.WriteUInt64LittleEndian(page.AsSpan(64), transaction);
        SealMeta(page);
    }

    private sealed record Entry(byte[] Key, byte[] Value, uint Flags)
    {
        public int Size => 16 + Key.Length + Value.Length;
    }
}
