namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Walks a tree for its leaves in the order of their keys, or in the opposite one. It leaves it to <see cref="PageWalk"/> to judge the tree, but ends on any bytes.</summary>
internal sealed class LeafWalk(Database database, long root, bool backward = false)
{
    private readonly PageMap _reached = new(database.Meta.HighWater);

    /// <summary>The leaves. What is on them has not been looked at.</summary>
    /// <exception cref="SnapshotCorruptException">A page is reached twice, or no branch where one should be.</exception>
    public IEnumerable<long> Pages()
    {
        int levels = database.LevelsAboveLeaves(root);
        Stack<(BranchPage Branch, int Next)> path = [];
        long page = root;
        while (true)
        {
            Reach(page);
            if (path.Count < levels)
            {
                path.Push((database.ReadBranch(page, out _), 0));
            }
            else
            {
                yield return page;
            }

            while (path.TryPeek(out (BranchPage Branch, int Next) top) && top.Next == top.Branch.Count)
            {
                path.Pop();
            }

            if (!path.TryPop(out (BranchPage Branch, int Next) next))
            {
                yield break;
            }

            page = next.Branch.Child(backward ? next.Branch.Count - 1 - next.Next : next.Next);
            path.Push((next.Branch, next.Next + 1));
        }
    }

    private void Reach(long page)
    {
        database.VerifyInside(page);
        if (!_reached.Mark(page))
        {
            throw new SnapshotCorruptException("it is referred to twice", page, database.OffsetOf(page));
        }
    }
}
