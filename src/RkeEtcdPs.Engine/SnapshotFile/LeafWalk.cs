namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Walks a tree for its leaves in the order of their keys, or in the opposite one. It leaves it to <see cref="PageWalk"/> to judge the tree, but ends on any bytes.</summary>
internal sealed class LeafWalk(Database database, long root, bool backward = false)
{
    private readonly PageMap _reached = new(database.Meta.HighWater);

    /// <summary>Loads the leaves, one after the other. What is on them has not been looked at.</summary>
    /// <param name="leaf">Is loaded.</param>
    /// <returns>The same leaf each time.</returns>
    /// <exception cref="SnapshotCorruptException">A page is reached twice, overflowing ones among them, or no branch where one should be.</exception>
    public IEnumerable<LeafPage> Load(LeafPage leaf)
    {
        int levels = database.LevelsAboveLeaves(root);
        Stack<(BranchPage Branch, int Next)> path = [];
        long page = root;
        while (true)
        {
            if (path.Count < levels)
            {
                BranchPage branch = database.ReadBranch(page, out Page header);
                _reached.MarkRun(page, header.Overflow, database.Meta.PageSize);
                path.Push((branch, 0));
            }
            else
            {
                leaf.Load(page);
                _reached.MarkRun(page, (uint)((leaf.Size / database.Meta.PageSize) - 1), database.Meta.PageSize);
                yield return leaf;
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
}
