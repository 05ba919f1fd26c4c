namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Divides copies of snapshots into those to keep and those that may go, by a <see cref="RetentionPolicy"/>.</summary>
/// <remarks>
/// Only what was verified counts: every byte of it was read and hashed to what etcd wrote. Everything else is neither kept nor may it go.
/// </remarks>
/// <param name="policy">The rules.</param>
/// <param name="byContent">
/// True: copies of one content are one snapshot, whatever host they are on, and are kept or go together; places have one line when a content that they
/// share shows them to be of one cluster. False: each host or folder has a line of its own.
/// </param>
public sealed class Retention(RetentionPolicy policy, bool byContent)
{
    /// <summary>Decides.</summary>
    /// <param name="items">The copies; one that is given twice counts once.</param>
    /// <param name="now">The present, in UTC.</param>
    /// <returns>For each of them, in their order: true to keep, false if it may go, null for what does not count.</returns>
    public IReadOnlyList<bool?> Decide(IReadOnlyList<RetentionItem> items, DateTime now)
    {
        bool?[] decisions = new bool?[items.Count];
        int[] lines = Lines(items);
        foreach (var line in Enumerable.Range(0, items.Count).GroupBy(index => lines[index]))
        {
            var points = line
                .Where(index => IsGood(items[index]))
                .GroupBy(index => Identity(items[index]), StringComparer.Ordinal)
                .Select(same => (Point: Point(same.Key, [.. same.Select(index => items[index])]), Members: same.ToArray()))
                .ToArray();
            IReadOnlySet<RetentionPoint> kept = policy.Keep(points.Select(point => point.Point), now);
            foreach ((RetentionPoint point, int[] members) in points)
            {
                foreach (int index in members)
                {
                    decisions[index] = kept.Contains(point);
                }
            }
        }

        return decisions;
    }

    /// <summary>True for a snapshot that only its verification keeps from counting.</summary>
    public static bool IsUnverified(RetentionItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring && item.Size > 0 && !item.Verified;
    }

    private static bool IsGood(RetentionItem item)
        => item is { Kind: SnapshotKind.OneTime or SnapshotKind.Recurring, ContentHash: not null, Size: > 0, Verified: true };

    /// <summary>A number for each copy, the same for those of one line.</summary>
    /// <remarks>The name of a cluster is not enough: all that have none in their cluster.yml are called alike.</remarks>
    private int[] Lines(IReadOnlyList<RetentionItem> items)
    {
        Dictionary<(string?, string), int> places = [];
        int[] lines = [.. items.Select(item => places.TryAdd((item.ClusterName, item.Place), places.Count) ? places.Count - 1 : places[(item.ClusterName, item.Place)])];
        if (!byContent)
        {
            return lines;
        }

        int[] joined = [.. Enumerable.Range(0, places.Count)];
        Dictionary<(string?, string), int> first = [];
        foreach (int index in Enumerable.Range(0, items.Count).Where(index => IsGood(items[index])))
        {
            (string?, string) content = (items[index].ClusterName, items[index].ContentHash!);
            if (!first.TryAdd(content, lines[index]))
            {
                joined[Root(lines[index])] = Root(first[content]);
            }
        }

        return [.. lines.Select(Root)];

        int Root(int place)
        {
            while (joined[place] != place)
            {
                place = joined[place];
            }

            return place;
        }
    }

    private string Identity(RetentionItem item) => byContent ? item.ContentHash! : $"{item.ContentHash} {item.CreatedAt.Ticks}";

    private static RetentionPoint Point(string id, IReadOnlyList<RetentionItem> copies)
    {
        if (copies is [{ } only])
        {
            return new RetentionPoint(id, only.CreatedAt, only.Size);
        }

        // A copy made later under the same name has a later time, and is no later snapshot. One under another name was taken then, of a
        // database that had not changed.
        DateTime time = copies.GroupBy(copy => copy.Name, StringComparer.Ordinal).Max(name => name.Min(copy => copy.CreatedAt));
        return new RetentionPoint(id, time, copies.DistinctBy(copy => (copy.Place, copy.Path)).Sum(copy => copy.Size));
    }
}
