using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Checks and counts the entries of the <c>key</c> bucket, the history of all keys.</summary>
internal sealed class RevisionCheck : ILeafEntries
{
    private readonly LiveKeySet _keys = new();

    /// <summary>The oldest revision that is in the file; null when there is none.</summary>
    public long? Oldest { get; private set; }

    /// <summary>The newest revision that is in the file; null when there is none.</summary>
    public long? Newest { get; private set; }

    /// <summary>The number of distinct live keys, as etcdctl and etcdutl 3.6 count them.</summary>
    public long CountLiveKeys() => _keys.Count();

    /// <inheritdoc />
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key)
    {
        if (element.IsBucket || !RevisionKey.TryParse(key, out RevisionKey revision))
        {
            throw leaf.Fault(index, $"key {index} is no revision");
        }

        if (!StoredKeyValue.TryRead(leaf, element, out StoredKeyValue stored))
        {
            throw leaf.Fault(index, $"value {index} is no key and value as etcd stores them");
        }

        // A restore that raises the revision leaves an entry with nothing in it; a deletion has the key alone.
        bool isBump = element.ValueSize == 0;
        if (!revision.IsTombstone && !isBump && stored.ModRevision != revision.Main)
        {
            throw leaf.Fault(index, $"the value of revision {revision.Main} says it is of revision {stored.ModRevision}");
        }

        _keys.Take(stored.Key, revision);
        Oldest = Math.Min(Oldest ?? long.MaxValue, revision.Main);
        Newest = Math.Max(Newest ?? 0, revision.Main);
    }
}
