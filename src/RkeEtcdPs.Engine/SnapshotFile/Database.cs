namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A bolt database: its bytes and the meta that tells how to read them.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="Meta">The meta that counts.</param>
/// <param name="Path">The path of the snapshot; null when it was opened from a stream.</param>
internal sealed record Database(SnapshotBytes Bytes, Meta Meta, string? Path)
{
    /// <summary>How deep a tree may be. Branches hold at least two children, so a sound one of this depth would fill any disk.</summary>
    public const int MaxDepth = 64;

    /// <summary>The place of a page in the file.</summary>
    public long OffsetOf(long page) => page * Meta.PageSize;

    /// <summary>Reads a page's header.</summary>
    /// <exception cref="SnapshotCorruptException">The page is outside the database or says it is another.</exception>
    public Page ReadHeader(long page)
    {
        VerifyInside(page);
        Span<byte> header = stackalloc byte[Page.HeaderSize];
        Bytes.ReadExactly(OffsetOf(page), header, page);
        return Verify(Page.Read(header), page);
    }

    /// <summary>Verifies that a page can hold data.</summary>
    /// <exception cref="SnapshotCorruptException">It is a meta page, or none of the database.</exception>
    public void VerifyInside(long page)
    {
        if (page < 2 || page >= Meta.HighWater)
        {
            throw new SnapshotCorruptException($"page {page} is referred to, which is a meta page or outside the {Meta.HighWater} pages of the database", page);
        }
    }

    /// <summary>How many branches lie above the first leaf of a tree. bolt grows and shrinks a tree at its root only, so it is the same for all leaves.</summary>
    /// <exception cref="SnapshotCorruptException">The tree is too deep or damaged.</exception>
    public int LevelsAboveLeaves(long root)
    {
        long page = root;
        for (int levels = 0; levels < MaxDepth; levels++)
        {
            Page header = ReadHeader(page);
            if (header.Type != PageType.Branch)
            {
                return levels;
            }

            page = BranchPage.Read(this, header, page).Child(0);
        }

        throw new SnapshotCorruptException($"the tree is deeper than {MaxDepth} pages", root, OffsetOf(root));
    }

    /// <summary>Reads a branch.</summary>
    /// <exception cref="SnapshotCorruptException">It is none.</exception>
    public BranchPage ReadBranch(long page, out Page header)
    {
        header = ReadHeader(page);
        return header.Type == PageType.Branch
            ? BranchPage.Read(this, header, page)
            : throw new SnapshotCorruptException("a branch should be here", page, OffsetOf(page));
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
