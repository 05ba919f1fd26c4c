using System.Buffers.Binary;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A leaf page: keys and values. Element 16 B {flags u32, pos u32, ksize u32, vsize u32}; pos is relative to the element.
/// One object serves many pages, one after the other.
/// </summary>
/// <remarks>
/// A leaf may be as large as four of the largest values. Up to <see cref="MaxResidentSize"/> it is held in memory as a whole; of a larger one
/// only the table of elements is, and keys and values are read when asked for, so that no page's size decides how much memory is used.
/// </remarks>
internal sealed class LeafPage(Database database)
{
    /// <summary>The largest leaf that is held in memory as a whole, in bytes.</summary>
    public const int MaxResidentSize = 1 << 22;

    private readonly byte[][] _keys = [[], []];
    private byte[] _own = [];
    private byte[] _bytes = [];
    private byte[] _value = [];
    private int _start;
    private int _resident;
    private long _size;
    private long _page;
    private long _offset;

    /// <summary>The number of elements.</summary>
    public int Count { get; private set; }

    /// <summary>The page's number; that of the page that holds it when the bucket is inline.</summary>
    public long PageId => _page;

    /// <summary>Its bytes, overflow included.</summary>
    public long Size => _size;

    /// <summary>Where it begins in the file.</summary>
    public long Offset => _offset;

    /// <summary>The byte after the table of elements, where the first key is.</summary>
    public long DataStart => Page.HeaderSize + ((long)Count * Page.ElementSize);

    /// <summary>Loads a leaf from the file.</summary>
    /// <exception cref="SnapshotCorruptException">There is no leaf, or one that reaches beyond the database.</exception>
    public void Load(long page)
    {
        int first = database.Meta.PageSize;
        long offset = database.OffsetOf(page);
        Ensure(first);
        database.VerifyInside(page);
        database.Bytes.ReadExactly(offset, _own.AsSpan(0, first), page);

        Page header = database.Verify(Page.Read(_own), page);
        long size = database.SizeOf(header);
        int table = Page.HeaderSize + (header.Count * Page.ElementSize);
        int resident = (int)Math.Min(size, size <= MaxResidentSize ? size : Math.Max(table, first));
        Ensure(resident);
        database.Bytes.ReadExactly(offset + first, _own.AsSpan(first, resident - first), page);
        Attach(_own, 0, resident, size, page, offset);
    }

    /// <summary>Takes a leaf that is in memory already.</summary>
    /// <param name="bytes">The memory.</param>
    /// <param name="start">Where the leaf begins in it.</param>
    /// <param name="size">Its bytes; at least those of a header.</param>
    /// <param name="page">The page's number.</param>
    /// <param name="offset">Its place in the file.</param>
    public void Attach(byte[] bytes, int start, int size, long page, long offset) => Attach(bytes, start, size, size, page, offset);

    /// <summary>Where an element keeps its key and value.</summary>
    /// <exception cref="SnapshotCorruptException">They are not on the page.</exception>
    public LeafElement Element(int index)
    {
        int at = Page.HeaderSize + (index * Page.ElementSize);
        ReadOnlySpan<byte> element = _bytes.AsSpan(_start + at, Page.ElementSize);
        uint keySize = BinaryPrimitives.ReadUInt32LittleEndian(element[8..]);
        uint valueSize = BinaryPrimitives.ReadUInt32LittleEndian(element[12..]);
        long start = at + (long)BinaryPrimitives.ReadUInt32LittleEndian(element[4..]);
        return keySize is > 0 and <= Page.MaxKeySize && start >= DataStart && start + keySize + valueSize <= _size
            ? new LeafElement(start, (int)keySize, valueSize, BinaryPrimitives.ReadUInt32LittleEndian(element))
            : throw Fault(index, $"key or value {index} is not on the page");
    }

    /// <summary>An element's key. It is valid until the next but one is asked for, or another page is loaded.</summary>
    public ReadOnlySpan<byte> Key(int index, LeafElement element)
    {
        if (element.ValueStart <= _resident)
        {
            return _bytes.AsSpan(_start + (int)element.Start, element.KeySize);
        }

        ref byte[] key = ref _keys[index & 1];
        key = key.Length < element.KeySize ? new byte[Page.MaxKeySize] : key;
        Read(element.Start, key.AsSpan(0, element.KeySize));
        return key.AsSpan(0, element.KeySize);
    }

    /// <summary>An element's value, or as much of its start as fits into <see cref="MaxResidentSize"/>. Valid until the next is asked for.</summary>
    public ReadOnlySpan<byte> Value(LeafElement element)
    {
        if (element.End <= _resident)
        {
            return _bytes.AsSpan(_start + (int)element.ValueStart, (int)element.ValueSize);
        }

        int size = (int)Math.Min(element.ValueSize, MaxResidentSize);
        _value = _value.Length < size ? new byte[size] : _value;
        Read(element.ValueStart, _value.AsSpan(0, size));
        return _value.AsSpan(0, size);
    }

    /// <summary>Reads any bytes of the page: what is not in memory comes from the file.</summary>
    /// <param name="start">From the start of the page; with the length inside the page.</param>
    /// <param name="into">Is filled.</param>
    public void Read(long start, Span<byte> into)
    {
        if (start + into.Length <= _resident)
        {
            _bytes.AsSpan(_start + (int)start, into.Length).CopyTo(into);
        }
        else
        {
            database.Bytes.ReadExactly(_offset + start, into, _page);
        }
    }

    /// <summary>The bytes of the page between two places, where they are in memory.</summary>
    /// <returns>False when they are not all there.</returns>
    public bool TryGetResident(long start, long end, out ReadOnlySpan<byte> bytes)
    {
        bytes = end <= _resident ? _bytes.AsSpan(_start + (int)start, (int)(end - start)) : default;
        return end <= _resident;
    }

    /// <summary>A fault of one element.</summary>
    public SnapshotCorruptException Fault(int index, string reason) =>
        new(reason, _page, _offset + Page.HeaderSize + (index * Page.ElementSize));

    private void Ensure(int size)
    {
        if (_own.Length < size)
        {
            Array.Resize(ref _own, Math.Max(size, Page.MaxSize));
        }
    }

    private void Attach(byte[] bytes, int start, int resident, long size, long page, long offset)
    {
        Page header = Page.Read(bytes.AsSpan(start, Page.HeaderSize));
        if (header.Type != PageType.Leaf)
        {
            throw new SnapshotCorruptException($"a leaf should be here, not type {(ushort)header.Type:x}", page, offset);
        }

        (_bytes, _start, _resident, _size, _page, _offset, Count) = (bytes, start, resident, size, page, offset, header.Count);
        if (DataStart > resident)
        {
            throw new SnapshotCorruptException($"a leaf of {size} bytes cannot have {header.Count} elements", page, offset);
        }
    }
}
