using System.Buffers.Binary;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The header of a page: 16 bytes, little-endian {id u64, flags u16, count u16, overflow u32}, as bbolt's <c>internal/common/page.go</c> lays it out.</summary>
/// <param name="Id">The page's own number.</param>
/// <param name="Type">What it holds; exactly one bit is set in a sound page.</param>
/// <param name="Count">The number of elements on it.</param>
/// <param name="Overflow">How many pages after this one belong to it.</param>
internal readonly record struct Page(ulong Id, PageType Type, ushort Count, uint Overflow)
{
    /// <summary>The size of the header, and of one element of a branch or a leaf page.</summary>
    public const int HeaderSize = 16;

    /// <summary>The size of an element of a branch {pos u32, ksize u32, pgid u64} or a leaf {flags u32, pos u32, ksize u32, vsize u32}.</summary>
    public const int ElementSize = 16;

    /// <summary>The longest key bolt accepts, in bytes.</summary>
    public const int MaxKeySize = 32768;

    /// <summary>The smallest page size that is accepted, in bytes. bbolt itself looks for pages from 1 KB on.</summary>
    public const int MinSize = 1024;

    /// <summary>The largest page size that is accepted, in bytes: that of ARM64 and POWER.</summary>
    public const int MaxSize = 65536;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">At least 16 bytes.</param>
    public static Page Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (PageType)BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
}
