using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Counts the distinct keys whose latest entry is no deletion, from entries in any order. Keys are known by their hash: 20 bytes each.</summary>
internal sealed class LiveKeySet
{
    private readonly KeyHash _hash = new();
    private ulong[] _hashes = new ulong[1024];
    private long[] _mains = new long[1024];
    private uint[] _subs = new uint[1024];
    private int _used;

    /// <summary>Takes an entry.</summary>
    public void Take(ReadOnlySpan<byte> key, RevisionKey revision)
    {
        if (_used > _hashes.Length / 4 * 3)
        {
            Grow();
        }

        Put(_hash.Compute(key) | 1, revision.Main, ((uint)revision.Sub << 1) | (revision.IsTombstone ? 1u : 0));
    }

    /// <summary>The number of live keys.</summary>
    public long Count()
    {
        long live = 0;
        for (int slot = 0; slot < _hashes.Length; slot++)
        {
            live += _hashes[slot] != 0 && (_subs[slot] & 1) == 0 ? 1 : 0;
        }

        return live;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Put(ulong hash, long main, uint sub)
    {
        int slot = (int)(hash >> 1) & (_hashes.Length - 1);
        while (_hashes[slot] != 0 && _hashes[slot] != hash)
        {
            slot = (slot + 1) & (_hashes.Length - 1);
        }

        if (_hashes[slot] == 0)
        {
            (_hashes[slot], _mains[slot], _subs[slot]) = (hash, main, sub);
            _used++;
        }
        else if (main > _mains[slot] || (main == _mains[slot] && sub >> 1 > _subs[slot] >> 1))
        {
            (_mains[slot], _subs[slot]) = (main, sub);
        }
    }

    private void Grow()
    {
        (ulong[] hashes, long[] mains, uint[] subs) = (_hashes, _mains, _subs);
        (_hashes, _mains, _subs, _used) = (new ulong[hashes.Length * 2], new long[hashes.Length * 2], new uint[hashes.Length * 2], 0);
        for (int slot = 0; slot < hashes.Length; slot++)
        {
            if (hashes[slot] != 0)
            {
                Put(hashes[slot], mains[slot], subs[slot]);
            }
        }
    }
}
