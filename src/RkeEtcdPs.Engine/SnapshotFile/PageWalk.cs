namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// The walk of the check over everything above the leaves, which assumes nothing: each page reached once, the right kind at the right depth, keys
/// rising within their bounds. It reads the branches only, about one page in a hundred, and lists the leaves with the bounds of their keys, so that
/// the leaves can then be checked in the order of the file. For each leaf it keeps about 50 bytes, one in a hundred of the file.
/// </summary>
internal sealed class PageWalk
{
    private readonly Database _database;
    private readonly List<LeafSlot> _leaves = [];

    /// <summary>Walks the database.</summary>
    /// <exception cref="SnapshotCorruptException">The first fault found.</exception>
    public PageWalk(Database database, CancellationToken cancellationToken)
    {
        _database = database;
        Reached = new PageMap(database.Meta.HighWater);
        Reached.Mark(0);
        Reached.Mark(1);
        Free = Freelist.Read(database, Reached);
        Buckets = ReadRoot(cancellationToken);
        for (int bucket = 0; bucket < Buckets.Count; bucket++)
        {
            if (!Buckets[bucket].IsInline)
            {
                WalkTree(Buckets[bucket].Root, bucket, cancellationToken);
            }
        }

        Leaves = [.. _leaves];
        _leaves.Clear();
    }

    /// <summary>The buckets, in the order of their names.</summary>
    public IReadOnlyList<Bucket> Buckets { get; }

    /// <summary>The leaves of the buckets, in the order of their keys.</summary>
    public LeafSlot[] Leaves { get; }

    /// <summary>The keys that bound the leaves.</summary>
    public KeyArena Keys { get; } = new();

    /// <summary>The pages reached. Of a leaf, the first page only: its overflow is known when it is read.</summary>
    public PageMap Reached { get; }

    /// <summary>The pages that the freelist says are free; null when it is not stored.</summary>
    public PageMap? Free { get; }

    private IReadOnlyList<Bucket> ReadRoot(CancellationToken cancellationToken)
    {
        WalkTree(_database.Meta.Root, bucket: -1, cancellationToken);
        BucketList buckets = new(_database);
        LeafPage leaf = new(_database);
        foreach (LeafSlot slot in _leaves)
        {
            MarkOverflow(slot.Page, _database.ReadHeader(slot.Page));
            leaf.Load(slot.Page);
            _ = LeafOrder.Check(leaf, Keys[slot.Lower], Keys[slot.Upper], buckets);
        }

        _leaves.Clear();
        return buckets.Buckets;
    }

    /// <summary>Marks the pages that overflow from a leaf.</summary>
    public void MarkOverflow(long page, Page header)
    {
        if (header.Overflow > 0)
        {
            Reached.MarkRun(page + 1, header.Overflow - 1, _database.Meta.PageSize);
        }
    }

    private void WalkTree(long root, int bucket, CancellationToken cancellationToken) =>
        Visit(root, _database.LevelsAboveLeaves(root), KeyArena.None, KeyArena.None, bucket, cancellationToken);

    private void Visit(long page, int levels, ulong lower, ulong upper, int bucket, CancellationToken cancellationToken)
    {
        if (levels == 0)
        {
            Reached.MarkRun(page, 0, _database.Meta.PageSize);
            _leaves.Add(new LeafSlot { Page = page, Lower = lower, Upper = upper, Bucket = bucket });
            return;
        }

        cancellationToken.ThrowIfCancellationRequested();
        BranchPage branch = _database.ReadBranch(page, out Page header);
        Reached.MarkRun(page, header.Overflow, _database.Meta.PageSize);
        ulong[] keys = KeepKeys(branch, lower, upper);
        for (int child = 0; child < branch.Count; child++)
        {
            Visit(branch.Child(child), levels - 1, keys[child], child + 1 < keys.Length ? keys[child + 1] : upper, bucket, cancellationToken);
        }
    }

    private ulong[] KeepKeys(BranchPage branch, ulong lower, ulong upper)
    {
        ulong[] keys = new ulong[branch.Count];
        ReadOnlySpan<byte> previous = Keys[lower];
        for (int index = 0; index < keys.Length; index++)
        {
            ReadOnlySpan<byte> key = branch.NextKey(index);
            int order = previous.SequenceCompareTo(key);
            if (order > 0 || (order == 0 && index > 0) || (upper != KeyArena.None && key.SequenceCompareTo(Keys[upper]) >= 0))
            {
                throw branch.Fault(index, $"key {index} is not between those around it");
            }

            keys[index] = Keys.IsFull ? throw branch.Fault(index, "its branches hold more keys than a database of etcd can have") : Keys.Add(key);
            previous = key;
        }

        return keys;
    }
}
