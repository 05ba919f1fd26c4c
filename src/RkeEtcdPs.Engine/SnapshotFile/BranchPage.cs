using System.Buffers.Binary;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A branch page: for each child its first key and its page. Element 16 B {pos u32, ksize u32, pgid u64}; pos is relative to the element.</summary>
/// <remarks>Held in memory as a whole: 65,535 keys at the most, and etcd's are 18 bytes long.</remarks>
internal sealed class BranchPage
{
    private const int MaxResidentSize = 1 << 23;

    private readonly byte[] _bytes;
    private readonly long _page;
    private readonly long _offset;
    private long _keysEnd;

    private BranchPage(byte[] bytes, Page header, long page, long offset)
    {
        _bytes = bytes;
        _page = page;
        _offset = offset;
        Count = header.Count;
        _keysEnd = Element(Count);
    }

    /// <summary>The number of children; at least 1.</summary>
    public int Count { get; }

    /// <summary>Reads the branch whose header has been read and verified.</summary>
    /// <exception cref="SnapshotCorruptException">It has no children, or fewer bytes than its children need.</exception>
    public static BranchPage Read(Database database, Page header, long page)
    {
        long size = database.SizeOf(header);
        long offset = database.OffsetOf(page);
        if (header.Count == 0 || Page.HeaderSize + (header.Count * Page.ElementSize) > size || size > MaxResidentSize)
        {
            throw new SnapshotCorruptException($"a branch of {size} bytes cannot have {header.Count} children", page, offset);
        }

        byte[] bytes = new byte[size];
        database.Bytes.ReadExactly(offset, bytes, page);
        return new BranchPage(bytes, header, page, offset);
    }

    /// <summary>The page of a child.</summary>
    /// <exception cref="SnapshotCorruptException">No page has that number.</exception>
    public long Child(int index)
    {
        ulong child = BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(Element(index) + 8));
        return child <= long.MaxValue ? (long)child : throw Fault(index, $"child {index} is page {child}, which cannot be");
    }

    /// <summary>The key from which on a child's keys begin. The keys are asked for one after the other, as they lie on the page.</summary>
    /// <exception cref="SnapshotCorruptException">The key is not on the page, or not behind the one before it.</exception>
    public ReadOnlySpan<byte> NextKey(int index)
    {
        int element = Element(index);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(element + 4));
        long start = element + (long)BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(element));
        if (size is 0 or > Page.MaxKeySize || start != _keysEnd || start + size > _bytes.Length)
        {
            throw Fault(index, $"key {index} is not where bolt would have written it");
        }

        _keysEnd = start + size;
        return _bytes.AsSpan((int)start, (int)size);
    }

    /// <summary>A fault of one element.</summary>
    public SnapshotCorruptException Fault(int index, string reason) => new(reason, _page, _offset + Element(index));

    private static int Element(int index) => Page.HeaderSize + (index * Page.ElementSize);
}
