namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Goes over the objects of two snapshots in the order of their keys.</summary>
internal static class SnapshotComparison
{
    /// <summary>The objects that the two do not have alike.</summary>
    /// <param name="reference">The first, in the order of the keys' bytes.</param>
    /// <param name="difference">The second, in that order too.</param>
    public static IEnumerable<SnapshotDifference> Merge(IEnumerable<KeyedObject> reference, IEnumerable<KeyedObject> difference)
    {
        using IEnumerator<KeyedObject> left = reference.GetEnumerator();
        using IEnumerator<KeyedObject> right = difference.GetEnumerator();
        bool hasLeft = left.MoveNext();
        bool hasRight = right.MoveNext();
        while (hasLeft || hasRight)
        {
            int order = (hasLeft, hasRight) switch
            {
                (true, false) => -1,
                (false, true) => 1,
                _ => left.Current.Key.AsSpan().SequenceCompareTo(right.Current.Key),
            };
            if (Compare(order, left, right) is { } found)
            {
                yield return found;
            }

            hasLeft = order <= 0 ? left.MoveNext() : hasLeft;
            hasRight = order >= 0 ? right.MoveNext() : hasRight;
        }
    }

    private static SnapshotDifference? Compare(int order, IEnumerator<KeyedObject> left, IEnumerator<KeyedObject> right)
    {
        if (order < 0)
        {
            return new SnapshotDifference(ObjectChange.Removed, left.Current.Object, null);
        }

        if (order > 0)
        {
            return new SnapshotDifference(ObjectChange.Added, null, right.Current.Object);
        }

        SnapshotDifference both = new(ObjectChange.Changed, left.Current.Object, right.Current.Object);
        return both.ValueDiffers || both.ReferenceRevision != both.DifferenceRevision ? both : null;
    }
}
