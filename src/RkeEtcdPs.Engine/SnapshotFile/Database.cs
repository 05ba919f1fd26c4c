namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A bolt database: its bytes and the meta that tells how to read them.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Meta">The meta that counts.</param>
internal sealed record Database(SnapshotBytes Bytes, Meta Meta)
{
    /// <summary>How deep a tree may be. Branches hold at least two children, so a sound one of this depth would fill any disk.</summary>
    public const int MaxDepth = 64;

    /// <summary>The place of a page in the file.</summary>
    public long OffsetOf(long page) => page * Meta.PageSize;

    /// <summary>Reads a page's header.</summary>
    /// <exception cref="SnapshotCorruptException">The page is outside the database or says it is another.</exception>
    public Page ReadHeader(long page)
    {
        if (page < 2 || page >= Meta.HighWater)
        {
            throw new SnapshotCorruptException($"it is outside the {Meta.HighWater} pages of the database", page);
        }

        Span<byte> header = stackalloc byte[Page.HeaderSize];
        Bytes.ReadExactly(OffsetOf(page), header, page);
        return Verify(Page.Read(header), page);
    }

    /// <summary>Verifies what a page says of itself.</summary>
    /// <exception cref="SnapshotCorruptException">Its number is another, or it reaches beyond the database.</exception>
    public Page Verify(Page header, long page)
    {
        if (header.Id != (ulong)page)
        {
            throw new SnapshotCorruptException($"it says it is page {header.Id}", page, OffsetOf(page));
        }

        return header.Overflow < Meta.HighWater - page
            ? header
            : throw new SnapshotCorruptException($"its {header.Overflow} overflow pages reach beyond the database", page, OffsetOf(page));
    }

    /// <summary>The bytes of a page with its overflow.</summary>
    public long SizeOf(Page header) => (header.Overflow + 1L) * Meta.PageSize;
}
