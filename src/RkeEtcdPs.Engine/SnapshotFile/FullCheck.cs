namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The full check: the hash of all bytes and the structure of all pages, in one reading of the file.</summary>
internal sealed class FullCheck(Database database, SnapshotTrailer trailer, int validMetaPages)
{
    private readonly List<SnapshotCorruptException> _faults = [];

    /// <summary>Runs it. A fault of the structure ends the looking, not the hashing.</summary>
    public async Task<SnapshotCheck> RunAsync(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        LeafSweep? sweep = Guard(() => new LeafSweep(database, new PageWalk(database, cancellationToken)));
        HashedRead read = new(database.Bytes, trailer.ContentLength, progress);
        byte[] computed = await read.RunAsync(
            (chunk, size, offset) => sweep = sweep is null ? null : Guard(() => Look(sweep, chunk, size, offset)),
            cancellationToken).ConfigureAwait(false);

        SnapshotCheck check = new()
        {
            Integrity = SnapshotIntegrity.Corrupt,
            Faults = _faults,
            Size = database.Bytes.Length,
            ContentHash = trailer.Hash,
            ComputedHash = Convert.ToHexString(computed).ToLowerInvariant(),
            PageSize = database.Meta.PageSize,
            Transaction = database.Meta.Transaction,
            ValidMetaPages = validMetaPages,
        };
        check = sweep is null ? check : Guard(() => sweep.Finish(check)) ?? check;
        if (trailer.Hash is not null && trailer.Hash != check.ComputedHash)
        {
            _faults.Insert(0, new SnapshotCorruptException("its SHA-256 is not the one etcd wrote at its end", offset: trailer.ContentLength));
        }

        return _faults.Count > 0 ? check : check with { Integrity = trailer.Hash is null ? SnapshotIntegrity.Unknown : SnapshotIntegrity.Sound };
    }

    private static LeafSweep Look(LeafSweep sweep, byte[] chunk, int size, long offset)
    {
        sweep.Look(chunk, size, offset);
        return sweep;
    }

    private T? Guard<T>(Func<T> step)
        where T : class
    {
        try
        {
            return step();
        }
        catch (SnapshotCorruptException fault)
        {
            _faults.Add(fault);
            return null;
        }
    }
}
