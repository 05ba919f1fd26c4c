namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// Reads an etcd snapshot file without etcd: files of etcd 3.2 to 3.6, as they are or in the zip that RKE makes of them. Read-only.
/// </summary>
/// <remarks>
/// The file is taken as hostile: whatever its bytes, a method gives a result or throws <see cref="SnapshotCorruptException"/>. Errors of the
/// file system (not found, no access, disk failing) come through as .NET throws them. One operation at a time on one reader.
/// </remarks>
public sealed class SnapshotReader : IDisposable
{
    // Some thousand times what etcd takes by default.
    private const int LargestValue = 1 << 30;

    private readonly Database _database;
    private readonly SnapshotTrailer _trailer;
    private readonly int _validMetaPages;

    private SnapshotReader(SnapshotBytes bytes, string? path)
    {
        _trailer = SnapshotTrailer.Read(bytes);
        _database = new Database(bytes, Meta.Find(bytes, _trailer.ContentLength, out _validMetaPages), path);
    }

    /// <summary>The bytes of the snapshot; for a zip, of the database that is packed in it. What progress counts up to.</summary>
    public long Size => _database.Bytes.Length;

    /// <summary>The SHA-256 that etcd wrote at the end, in lower-case hexadecimal; null when the file has none. Only a check proves it.</summary>
    public string? ContentHash => _trailer.Hash;

    /// <summary>Opens a snapshot file or a zip of RKE. A zip is unpacked into a private temporary file that is gone when the reader is disposed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Is told the bytes unpacked from a zip.</param>
    /// <param name="cancellationToken">Ends the unpacking.</param>
    /// <exception cref="SnapshotCorruptException">It does not begin as a snapshot, its end is missing, or the zip is damaged.</exception>
    public static SnapshotReader Open(string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        Open(SnapshotBytes.Open(path), path, () => PackedSnapshot.Unpack(path, progress, cancellationToken));

    /// <summary>Opens a snapshot, or a zip of RKE, in a stream that can seek.</summary>
    /// <param name="stream">The stream; the snapshot begins at its position 0.</param>
    /// <param name="leaveOpen">True to leave it open when the reader is disposed.</param>
    /// <param name="progress">Is told the bytes unpacked from a zip.</param>
    /// <param name="cancellationToken">Ends the unpacking.</param>
    /// <exception cref="SnapshotCorruptException">It does not begin as a snapshot, its end is missing, or the zip is damaged.</exception>
    public static SnapshotReader Open(
        Stream stream, bool leaveOpen, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        Open(new SnapshotBytes(stream, leaveOpen), null, () => PackedSnapshot.Unpack(stream, progress, cancellationToken));

    /// <summary>Checks a file, whatever is in it: a file that is no snapshot at all gives a result too.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Is told the bytes unpacked when it is a zip, and then, from the start again, the bytes checked.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <inheritdoc cref="CheckAsync(IProgress{long}?, CancellationToken)"/>
    public static async Task<SnapshotCheck> CheckAsync(string path, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        try
        {
            using SnapshotReader reader = await Task.Run(() => Open(path, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
            return await reader.CheckAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (SnapshotCorruptException fault)
        {
            return new SnapshotCheck { Integrity = SnapshotIntegrity.Corrupt, Faults = [fault], Size = new FileInfo(path).Length };
        }
    }

    /// <summary>Proves the snapshot: its SHA-256, the structure of all its pages, and the figures that follow from them. Reads the file once.</summary>
    /// <param name="progress">Is told the bytes done, of <see cref="Size"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The verdict and the figures. Corrupt is a result here, not an error.</returns>
    public Task<SnapshotCheck> CheckAsync(IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => new FullCheck(_database, _trailer, _validMetaPages).RunAsync(progress, cancellationToken), cancellationToken);

    /// <summary>The objects that live at the snapshot's revision, or at an older one that is still in the file, in the order of their keys.</summary>
    /// <param name="filter">Which are wanted; null for all.</param>
    /// <param name="progress">Is told the bytes of the pages read, of <see cref="Size"/> at the most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The objects. All pages have been read when this returns: memory is about 200 bytes and the key for each key, no values.</returns>
    /// <exception cref="SnapshotCorruptException">The database cannot be read.</exception>
    /// <exception cref="RevisionUnavailableException">The revision was compacted away, or is later than the snapshot.</exception>
    public IEnumerable<SnapshotObject> ReadContent(
        ContentFilter? filter = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        filter ??= ContentFilter.All;
        return ContentIndex.Build(_database, filter, null, progress, cancellationToken).Objects(filter);
    }

    /// <summary>The same objects as <see cref="ReadContent"/>, the one that was written last first. The first is told after one page has been read.</summary>
    /// <param name="filter">Which are wanted; null for all.</param>
    /// <param name="progress">Is told the bytes of the pages read, of <see cref="Size"/> at the most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The objects, read as they are asked for. Memory: about 200 bytes and the key for each key, no values.</returns>
    /// <exception cref="SnapshotCorruptException">The database cannot be read further; what was told before stands.</exception>
    /// <exception cref="RevisionUnavailableException">The revision was compacted away, or is later than the snapshot.</exception>
    public IEnumerable<SnapshotObject> ReadNewestFirst(
        ContentFilter? filter = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default) =>
        new ContentHistory(_database, filter ?? ContentFilter.All).Objects(progress, cancellationToken);

    /// <summary>What the snapshot holds, in figures.</summary>
    /// <inheritdoc cref="ReadContent"/>
    public SnapshotSummary Summarize(ContentFilter? filter = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        filter ??= ContentFilter.All;
        return SnapshotSummary.Of(ContentIndex.Build(_database, filter, null, progress, cancellationToken), filter) with { Snapshot = _database.Path };
    }

    /// <summary>What became of the objects from this snapshot to another, in the order of their keys.</summary>
    /// <param name="difference">The other, usually later snapshot.</param>
    /// <param name="filter">Which objects are wanted, in both; null for all.</param>
    /// <param name="progress">Is told the bytes of the pages read, of both sizes together at the most.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <inheritdoc cref="ReadContent" path="/exception"/>
    public IEnumerable<SnapshotDifference> CompareTo(
        SnapshotReader difference, ContentFilter? filter = null, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        filter ??= ContentFilter.All;
        KeyHash hash = new();
        long first = 0;
        ContentIndex left = Index(new ByteCount(done => progress?.Report(first = done)), filter, hash, cancellationToken);
        ContentIndex right = difference.Index(new ByteCount(done => progress?.Report(first + done)), filter, hash, cancellationToken);
        return SnapshotComparison.Merge(left.KeyedObjects(filter), right.KeyedObjects(filter))
            .Select(found => found with { Snapshot = difference._database.Path });
    }

    /// <summary>Reads the value of an object that came from this reader.</summary>
    /// <exception cref="ArgumentException">The object is not from this snapshot.</exception>
    /// <exception cref="SnapshotCorruptException">The value is larger than 1 GiB.</exception>
    public SnapshotValue ReadValue(SnapshotObject item)
    {
        if (item.Offset < 0 || item.Size < 0 || item.Offset > Size - item.Size)
        {
            throw new ArgumentException("The object is not from this snapshot.", nameof(item));
        }

        if (item.Size > LargestValue)
        {
            throw new SnapshotCorruptException($"a value of {item.Size} bytes is larger than any request that etcd takes", item.Offset / _database.Meta.PageSize, item.Offset);
        }

        byte[] value = new byte[item.Size];
        _database.Bytes.ReadExactly(item.Offset, value, item.Offset / _database.Meta.PageSize);
        return new SnapshotValue(value, item.Encoding);
    }

    /// <summary>An object that came from this reader, with its value.</summary>
    /// <param name="item">The object.</param>
    /// <param name="raw">True to set <see cref="SnapshotObject.Raw"/>.</param>
    /// <param name="decoded">True to set <see cref="SnapshotObject.Value"/> and <see cref="SnapshotObject.Data"/>.</param>
    /// <exception cref="ArgumentException">The object is not from this snapshot.</exception>
    public SnapshotObject WithValue(SnapshotObject item, bool raw, bool decoded)
    {
        SnapshotValue value = ReadValue(item);
        return item with
        {
            Raw = raw ? value.Bytes.ToArray() : null,
            Value = decoded ? value.Text : null,
            Data = decoded && (item.Kind is "ConfigMap" or "Secret") ? value.ReadData() : null,
        };
    }

    /// <inheritdoc />
    public void Dispose() => _database.Bytes.Dispose();

    // Two snapshots are at hand in a comparison, so a fault says which of them it is in.
    private ContentIndex Index(IProgress<long> progress, ContentFilter filter, KeyHash hash, CancellationToken cancellationToken)
    {
        try
        {
            return ContentIndex.Build(_database, filter, hash, progress, cancellationToken);
        }
        catch (SnapshotCorruptException fault) when (_database.Path is { } path)
        {
            throw fault.In(path);
        }
    }

    private static SnapshotReader Open(SnapshotBytes bytes, string? path, Func<SnapshotBytes> unpack)
    {
        try
        {
            if (PackedSnapshot.IsZip(bytes))
            {
                SnapshotBytes packed = bytes;
                bytes = unpack();
                packed.Dispose();
            }

            return new SnapshotReader(bytes, path);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }
}
