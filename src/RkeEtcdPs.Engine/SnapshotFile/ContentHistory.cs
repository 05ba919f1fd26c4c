using System.Runtime.CompilerServices;
using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// Reads the history of all keys from its end. etcd orders it by revision, so the first entry met of a key is its latest, and can be told
/// at once: nothing has to wait for the rest of the file. Memory: about 200 bytes and the key for each key met so far.
/// </summary>
internal sealed class ContentHistory(Database database, ContentFilter filter) : ILeafEntries
{
    private readonly ObjectMaker _maker = new(database.Path);
    private readonly KeyIndex _keys = new();
    private readonly List<LeafElement> _elements = [];
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(filter.KeyPrefix);

    /// <summary>The live objects that the filter accepts, the one written last first.</summary>
    /// <inheritdoc cref="SnapshotReader.ReadNewestFirst" path="/param|/exception"/>
    public IEnumerable<SnapshotObject> Objects(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        RevisionBounds bounds = RevisionBounds.Read(database, filter, cancellationToken);
        LeafPage leaf = new(database);
        byte[] newer = [];
        long done = 0;
        foreach (bool _ in Leaves(leaf, cancellationToken))
        {
            _elements.Clear();
            LeafOrder.Check(leaf, default, newer, this);
            for (int index = _elements.Count - 1; index >= 0; index--)
            {
                RevisionKey revision = Revision(leaf, index);
                if (newer.Length == 0)
                {
                    bounds.Verify(revision.Main);
                    newer = leaf.Key(index, _elements[index]).ToArray();
                }

                if (revision.Main <= (filter.AtRevision ?? long.MaxValue) && Read(leaf, index, revision) is { } item)
                {
                    yield return item;
                }
            }

            newer = _elements.Count > 0 ? leaf.Key(0, _elements[0]).ToArray() : newer;
            done += leaf.Size;
            progress?.Report(done);
        }

        if (newer.Length == 0)
        {
            bounds.Verify(0);
        }
    }

    /// <inheritdoc />
    public void Take(LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key) => _elements.Add(element);

    private IEnumerable<bool> Leaves(LeafPage leaf, CancellationToken cancellationToken)
    {
        Bucket? bucket = BucketList.Find(database, "key");
        if (bucket is { IsInline: true })
        {
            leaf.Attach(bucket.Inline, 0, bucket.Inline.Length, bucket.Holder, bucket.Offset);
            yield return true;
        }
        else if (bucket is not null)
        {
            foreach (LeafPage _ in new LeafWalk(database, bucket.Root, backward: true).Load(leaf))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return true;
            }
        }
    }

    private RevisionKey Revision(LeafPage leaf, int index) =>
        RevisionKey.TryParse(leaf.Key(index, _elements[index]), out RevisionKey revision) ? revision : throw NoEntry(leaf, index);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private SnapshotObject? Read(LeafPage leaf, int index, RevisionKey revision)
    {
        if (!StoredKeyValue.TryRead(leaf, _elements[index], out StoredKeyValue stored))
        {
            throw NoEntry(leaf, index);
        }

        // Without a key it is what a restore that raises the revision leaves behind.
        if (stored.Key.IsEmpty || !stored.Key.StartsWith(_prefix))
        {
            return null;
        }

        int known = _keys.Count;
        ref KeyState state = ref _keys[stored.Key];
        if (_keys.Count == known || revision.IsTombstone)
        {
            return null;
        }

        _maker.Fill(ref state, leaf, revision, stored);
        SnapshotObject item = _maker.Make(state);
        return filter.Accepts(item) ? item : null;
    }

    private static SnapshotCorruptException NoEntry(LeafPage leaf, int index) =>
        leaf.Fault(index, $"entry {index} is no revision of a key as etcd stores it");
}
