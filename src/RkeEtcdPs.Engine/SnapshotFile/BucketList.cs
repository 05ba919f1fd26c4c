using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Collects the buckets from the leaves of the root.</summary>
internal sealed class BucketList(Database database) : ILeafEntries
{
    // etcd has eleven.
    private const int MaxCount = 256;

    private readonly List<Bucket> _buckets = [];

    /// <summary>The buckets, in the order of their names.</summary>
    public IReadOnlyList<Bucket> Buckets => _buckets;

    /// <inheritdoc />
    public void Take(LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key)
    {
        if (_buckets.Count == MaxCount)
        {
            throw leaf.Fault(index, $"there are more than {MaxCount} buckets: this is no etcd database");
        }

        _buckets.Add(Bucket.Read(database, leaf, index, element, key));
    }

    /// <summary>Finds a bucket by walking the root.</summary>
    /// <returns>The bucket; null when there is none of that name.</returns>
    public static Bucket? Find(Database database, string name)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(name);
        BucketList list = new(database);
        LeafPage leaf = new(database);
        foreach (LeafPage _ in new LeafWalk(database, database.Meta.Root).Load(leaf))
        {
            LeafOrder.Check(leaf, default, default, list);
        }

        return list._buckets.Find(bucket => bucket.Name.AsSpan().SequenceEqual(wanted));
    }
}
