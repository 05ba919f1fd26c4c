using System.Runtime.CompilerServices;
using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Reads the history of all keys and keeps the latest entry of each, at one revision. Memory: the keys, about 200 bytes each with their state.</summary>
internal sealed class ContentIndex : ILeafEntries
{
    private const int PieceSize = 1 << 16;

    private readonly ObjectMaker _maker;
    private readonly KeyIndex _keys = new();
    private readonly KeyHash? _contentHash;
    private readonly byte[] _prefix;
    private readonly long _revision;

    private ContentIndex(string? snapshot, ContentFilter filter, KeyHash? contentHash)
    {
        _maker = new ObjectMaker(snapshot);
        _prefix = Encoding.UTF8.GetBytes(filter.KeyPrefix);
        _revision = filter.AtRevision ?? long.MaxValue;
        _contentHash = contentHash;
    }

    /// <summary>The revision of the newest entry in the file; 0 when there is none.</summary>
    public long Newest { get; private set; }

    /// <summary>All entries seen up to the revision.</summary>
    public long Entries { get; private set; }

    /// <summary>The bytes of all their values.</summary>
    public long EntryBytes { get; private set; }

    /// <summary>How many of them are deletions.</summary>
    public long Deletions { get; private set; }

    /// <summary>Builds the index.</summary>
    /// <param name="database">The database.</param>
    /// <param name="filter">Its key prefix and revision count here; the rest is for <see cref="Objects"/>.</param>
    /// <param name="contentHash">Hashes the values; null when no hash is wanted.</param>
    /// <param name="progress">Is told the bytes of the pages done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RevisionUnavailableException">The revision was compacted away, or is later than the snapshot.</exception>
    public static ContentIndex Build(
        Database database, ContentFilter filter, KeyHash? contentHash, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        RevisionBounds bounds = RevisionBounds.Read(database, filter, cancellationToken);
        ContentIndex index = new(database.Path, filter, contentHash);
        BucketEntries.Read(database, "key", index, progress, cancellationToken);
        bounds.Verify(index.Newest);
        return index;
    }

    /// <summary>The live objects that a filter accepts, in the order of their keys.</summary>
    public IEnumerable<SnapshotObject> Objects(ContentFilter filter) => KeyedObjects(filter).Select(item => item.Object);

    /// <summary>The live objects that a filter accepts, with their keys, in the order of these.</summary>
    public IEnumerable<KeyedObject> KeyedObjects(ContentFilter filter)
    {
        foreach (int index in _keys.LiveInOrder())
        {
            SnapshotObject item = _maker.Make(_keys.At(index));
            if (filter.Accepts(item))
            {
                yield return new KeyedObject(_keys.At(index).Key, item);
            }
        }
    }

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key)
    {
        if (!RevisionKey.TryParse(key, out RevisionKey revision) || !StoredKeyValue.TryRead(leaf, element, out StoredKeyValue stored))
        {
            throw leaf.Fault(index, $"entry {index} is no revision of a key as etcd stores it");
        }

        Newest = Math.Max(Newest, revision.Main);

        // Without a key it is what a restore that raises the revision leaves behind.
        if (revision.Main > _revision || stored.Key.IsEmpty || !stored.Key.StartsWith(_prefix))
        {
            return;
        }

        Entries++;
        EntryBytes += stored.ValueSize;
        Deletions += revision.IsTombstone ? 1 : 0;
        ref KeyState state = ref _keys[stored.Key];
        bool isNewer = revision.Main > state.Revision.Main || (revision.Main == state.Revision.Main && revision.Sub >= state.Revision.Sub);
        if (isNewer)
        {
            _maker.Fill(ref state, leaf, revision, stored);
            state.ContentHash = _contentHash is null ? 0 : Hash(_contentHash, leaf, stored);
        }
    }

    private static ulong Hash(KeyHash hash, LeafPage leaf, StoredKeyValue stored)
    {
        if (stored.ValueStart.Length == stored.ValueSize)
        {
            return hash.Compute(stored.ValueStart);
        }

        byte[] piece = new byte[PieceSize];
        ulong state = 0;
        for (long done = 0; done < stored.ValueSize; done += piece.Length)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, stored.ValueSize - done));
            leaf.Read(stored.ValueOffset + done, part);
            state = hash.Compute(part, state);
        }

        return state;
    }
}
