namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Reads the entries of one bucket in the order of its keys.</summary>
internal static class BucketEntries
{
    /// <summary>Hands over all entries of a bucket; none when it does not exist.</summary>
    /// <exception cref="SnapshotCorruptException">The first fault found.</exception>
    public static void Read(
        Database database, string bucketName, ILeafEntries entries, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (BucketList.Find(database, bucketName) is not { } bucket)
        {
            return;
        }

        LeafPage leaf = new(database);
        if (bucket.IsInline)
        {
            leaf.Attach(bucket.Inline, 0, bucket.Inline.Length, bucket.Holder, bucket.Offset);
            LeafOrder.Check(leaf, default, default, entries);
            return;
        }

        long done = 0;
        foreach (LeafPage _ in new LeafWalk(database, bucket.Root).Load(leaf))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LeafOrder.Check(leaf, default, default, entries);
            done += leaf.Size;
            progress?.Report(done);
        }
    }
}
