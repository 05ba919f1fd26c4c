using System.Runtime.CompilerServices;
using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Checks the leaves in the order of the file, while it is read for its hash, and then joins what they came to in the order of the keys.</summary>
internal sealed class LeafSweep
{
    private readonly Database _database;
    private readonly PageWalk _walk;
    private readonly LeafPage _leaf;
    private readonly RevisionCheck _revisions = new();
    private readonly ClusterRecords _records = new();
    private readonly string[] _bucketNames;
    private readonly int[] _byPage;
    private long _entries;
    private int _next;

    public LeafSweep(Database database, PageWalk walk)
    {
        (_database, _walk, _leaf) = (database, walk, new LeafPage(database));
        _bucketNames = walk.Buckets.Select(bucket => Encoding.UTF8.GetString(bucket.Name)).ToArray();
        _byPage = new int[walk.Leaves.Length];
        long[] pages = new long[_byPage.Length];
        for (int slot = 0; slot < pages.Length; slot++)
        {
            (_byPage[slot], pages[slot]) = (slot, walk.Leaves[slot].Page);
        }

        Array.Sort(pages, _byPage);
    }

    /// <summary>Checks the leaves that begin in a chunk of the file.</summary>
    /// <exception cref="SnapshotCorruptException">The first fault found.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Look(byte[] chunk, int size, long offset)
    {
        for (; _next < _byPage.Length; _next++)
        {
            ref LeafSlot slot = ref _walk.Leaves[_byPage[_next]];
            long start = _database.OffsetOf(slot.Page) - offset;
            if (start >= size)
            {
                return;
            }

            Page header = _database.Verify(Page.Read(chunk.AsSpan((int)start)), slot.Page);
            _walk.MarkOverflow(slot.Page, header);
            long pageSize = _database.SizeOf(header);
            if (start + pageSize <= size)
            {
                _leaf.Attach(chunk, (int)start, (int)pageSize, slot.Page, offset + start);
            }
            else
            {
                // It goes on in the next chunk: read by itself, which makes a few bytes in a thousand read twice.
                _leaf.Load(slot.Page);
            }

            Check(ref slot);
        }
    }

    /// <summary>Joins the sums, after the last chunk.</summary>
    /// <exception cref="SnapshotCorruptException">A page is neither in use nor free, or both.</exception>
    public SnapshotCheck Finish(SnapshotCheck check)
    {
        uint sum = 0;
        int next = 0;
        for (int bucket = 0; bucket < _bucketNames.Length; bucket++)
        {
            sum = Crc32C.Append(sum, _walk.Buckets[bucket].Name);
            if (_walk.Buckets[bucket].IsInline)
            {
                LeafSlot inline = CheckInline(bucket);
                sum = Crc32C.Join(sum, inline.Sum, inline.Length);
            }

            for (; next < _walk.Leaves.Length && _walk.Leaves[next].Bucket == bucket; next++)
            {
                sum = Crc32C.Join(sum, _walk.Leaves[next].Sum, _walk.Leaves[next].Length);
            }
        }

        return check with
        {
            PagesInUse = CountPages(),
            Status = new SnapshotStatus(sum, _revisions.Newest ?? 0, _entries, _revisions.CountLiveKeys(), _database.Meta.DatabaseSize),
            Cluster = _records.State,
            OldestRevision = _revisions.Oldest,
            NewestRevision = _revisions.Newest,
        };
    }

    private LeafSlot CheckInline(int bucket)
    {
        Bucket inline = _walk.Buckets[bucket];
        LeafSlot slot = new() { Page = inline.Holder, Bucket = bucket };
        _leaf.Attach(inline.Inline, 0, inline.Inline.Length, inline.Holder, inline.Offset);
        Check(ref slot);
        return slot;
    }

    private void Check(ref LeafSlot slot)
    {
        _records.Bucket = _bucketNames[slot.Bucket];
        ILeafEntries entries = _records.Bucket == "key" ? _revisions : _records;
        long end = LeafOrder.Check(_leaf, _walk.Keys[slot.Lower], _walk.Keys[slot.Upper], entries);
        slot.Sum = LeafOrder.Sum(_leaf, end);
        slot.Length = end - _leaf.DataStart;
        _entries += _leaf.Count;
    }

    private long CountPages()
    {
        long used = 0;
        for (long page = 0; page < _walk.Reached.Pages; page++)
        {
            bool reached = _walk.Reached[page];
            if (_walk.Free is { } free && free[page] == reached)
            {
                throw new SnapshotCorruptException(
                    reached ? "it is in use and listed as free" : "it is neither in use nor listed as free", page, _database.OffsetOf(page));
            }

            used += reached ? 1 : 0;
        }

        return used;
    }
}
