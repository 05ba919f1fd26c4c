namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>What a snapshot holds, in figures.</summary>
public sealed record SnapshotSummary
{
    private const int BiggestCount = 10;

    /// <summary>The full path of the snapshot; null when it was opened from a stream.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The revision of the newest entry; 0 when there is none.</summary>
    public required long Revision { get; init; }

    /// <summary>The number of objects.</summary>
    public required long Count { get; init; }

    /// <summary>The bytes of their values.</summary>
    public required long Bytes { get; init; }

    /// <summary>By kind, the one with the most bytes first.</summary>
    public required IReadOnlyList<KindCount> ByKind { get; init; }

    /// <summary>By namespace, the one with the most bytes first.</summary>
    public required IReadOnlyList<NamespaceCount> ByNamespace { get; init; }

    /// <summary>The biggest objects, at most ten, the biggest first.</summary>
    public required IReadOnlyList<SnapshotObject> Biggest { get; init; }

    /// <summary>RKE's own record of the cluster; null when the snapshot has none.</summary>
    public SnapshotObject? RkeState { get; init; }

    /// <summary>
    /// Entries that are history: overwritten or deleted since, and the deletions themselves. A compaction would drop most of them. Null when kinds,
    /// namespaces or names were asked for: of what is deleted, these are not known.
    /// </summary>
    public long? HistoryCount { get; init; }

    /// <summary>The bytes of their values; null as <see cref="HistoryCount"/> is.</summary>
    public long? HistoryBytes { get; init; }

    /// <summary>How many of them are deletions; null as <see cref="HistoryCount"/> is.</summary>
    public long? DeletionCount { get; init; }

    /// <summary>Counts the objects of an index.</summary>
    internal static SnapshotSummary Of(ContentIndex index, ContentFilter filter)
    {
        Dictionary<(string?, string?), (long Count, long Bytes)> kinds = [];
        Dictionary<ValueTuple<string?>, (long Count, long Bytes)> namespaces = [];
        PriorityQueue<SnapshotObject, long> biggest = new();
        (long Count, long Bytes) live = default;
        (long Count, long Bytes) wanted = default;
        SnapshotObject? state = null;
        foreach (SnapshotObject item in index.Objects(ContentFilter.All))
        {
            live = (live.Count + 1, live.Bytes + item.Size);
            if (!filter.Accepts(item))
            {
                continue;
            }

            wanted = (wanted.Count + 1, wanted.Bytes + item.Size);
            Add(kinds, (item.ApiVersion, item.Kind), item);
            Add(namespaces, new ValueTuple<string?>(item.Namespace), item);
            state = item.IsRkeState ? item : state;
            biggest.Enqueue(item, item.Size);
            if (biggest.Count > BiggestCount)
            {
                biggest.Dequeue();
            }
        }

        return new SnapshotSummary
        {
            Revision = index.Newest,
            Count = wanted.Count,
            Bytes = wanted.Bytes,
            ByKind = [.. kinds.Select(kind => new KindCount(kind.Key.Item1, kind.Key.Item2, kind.Value.Count, kind.Value.Bytes)).OrderByDescending(kind => kind.Bytes)],
            ByNamespace = [.. namespaces.Select(space => new NamespaceCount(space.Key.Item1, space.Value.Count, space.Value.Bytes)).OrderByDescending(space => space.Bytes)],
            Biggest = [.. biggest.UnorderedItems.Select(item => item.Element).OrderByDescending(item => item.Size)],
            RkeState = state,
            HistoryCount = filter.AsksForObjects ? null : index.Entries - live.Count,
            HistoryBytes = filter.AsksForObjects ? null : index.EntryBytes - live.Bytes,
            DeletionCount = filter.AsksForObjects ? null : index.Deletions,
        };
    }

    private static void Add<TKey>(Dictionary<TKey, (long Count, long Bytes)> counts, TKey key, SnapshotObject item)
        where TKey : notnull
    {
        (long count, long bytes) = counts.GetValueOrDefault(key);
        counts[key] = (count + 1, bytes + item.Size);
    }
}
