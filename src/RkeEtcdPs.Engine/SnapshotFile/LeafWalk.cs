namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Walks a tree for its leaves in the order of their keys. It trusts the order (<see cref="PageWalk"/> checks it) but nothing that could keep it from ending.</summary>
internal sealed class LeafWalk(Database database, long root)
{
    private readonly PageMap _reached = new(database.Meta.HighWater);

    /// <summary>The leaves.</summary>
    /// <exception cref="SnapshotCorruptException">A page is neither branch nor leaf, is reached twice, or lies too deep.</exception>
    public IEnumerable<long> Pages()
    {
        Stack<(BranchPage Branch, int Next)> path = [];
        long page = root;
        while (true)
        {
            Page header = database.ReadHeader(page);
            if (!_reached.Mark(page))
            {
                throw new SnapshotCorruptException("it is referred to twice", page, database.OffsetOf(page));
            }

            if (header.Type == PageType.Branch && path.Count < Database.MaxDepth)
            {
                path.Push((BranchPage.Read(database, header, page), 0));
            }
            else if (header.Type == PageType.Leaf)
            {
                yield return page;
            }
            else
            {
                throw new SnapshotCorruptException("it is no branch or leaf, or lies too deep", page, database.OffsetOf(page));
            }

            while (path.TryPeek(out (BranchPage Branch, int Next) top) && top.Next == top.Branch.Count)
            {
                path.Pop();
            }

            if (!path.TryPop(out (BranchPage Branch, int Next) next))
            {
                yield break;
            }

            page = next.Branch.Child(next.Next);
            path.Push((next.Branch, next.Next + 1));
        }
    }
}
