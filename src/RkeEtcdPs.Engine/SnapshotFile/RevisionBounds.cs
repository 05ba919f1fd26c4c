namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Which states a snapshot still holds, against the one that is asked for.</summary>
/// <param name="Wanted">The revision asked for; null for the snapshot's own.</param>
/// <param name="Compacted">The revision up to which history was compacted away; 0 for never. Not read when none is asked for.</param>
internal sealed record RevisionBounds(long? Wanted, long Compacted)
{
    /// <summary>Reads what bounds a filter's revision.</summary>
    public static RevisionBounds Read(Database database, ContentFilter filter, CancellationToken cancellationToken)
    {
        if (filter.AtRevision is null)
        {
            return new RevisionBounds(null, 0);
        }

        ClusterRecords meta = new() { Bucket = "meta" };
        BucketEntries.Read(database, "meta", meta, null, cancellationToken);
        return new RevisionBounds(filter.AtRevision, meta.State.CompactedRevision ?? 0);
    }

    /// <summary>Verifies that the state is in the file.</summary>
    /// <param name="newestEntry">The revision of the newest entry; 0 when there is none.</param>
    /// <exception cref="RevisionUnavailableException">It was compacted away, or is later than the snapshot.</exception>
    public void Verify(long newestEntry)
    {
        long newest = Math.Max(newestEntry, Compacted);
        if (Wanted < Compacted || Wanted > newest)
        {
            throw new RevisionUnavailableException(Wanted.Value, Math.Max(Compacted, 1), newest);
        }
    }
}
