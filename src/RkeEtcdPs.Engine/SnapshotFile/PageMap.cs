namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>One bit for every page: whether it has been reached. What keeps a walk over hostile bytes finite.</summary>
internal sealed class PageMap(long pages)
{
    private readonly ulong[] _bits = new ulong[(pages + 63) / 64];

    /// <summary>The number of pages.</summary>
    public long Pages { get; } = pages;

    /// <summary>True when the page has been marked.</summary>
    public bool this[long page] => (_bits[page >> 6] & (1UL << (int)(page & 63))) != 0;

    /// <summary>Marks a page.</summary>
    /// <returns>False when it was marked before.</returns>
    public bool Mark(long page)
    {
        ref ulong word = ref _bits[page >> 6];
        ulong bit = 1UL << (int)(page & 63);
        bool isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }

    /// <summary>Marks a page and those that overflow from it.</summary>
    /// <exception cref="SnapshotCorruptException">They are not all inside the database, or one was marked before.</exception>
    public void MarkRun(long page, uint overflow, int pageSize)
    {
        if (page < 2 || page >= Pages || overflow >= Pages - page)
        {
            throw new SnapshotCorruptException($"it and its {overflow} overflow pages are not inside the database", page, page * pageSize);
        }

        for (long each = page; each <= page + overflow; each++)
        {
            if (!Mark(each))
            {
                throw new SnapshotCorruptException(
                    each == page ? "it is referred to twice" : $"page {each}, which overflows from it, belongs to another page too", page, page * pageSize);
            }
        }
    }
}
