using System.Runtime.CompilerServices;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>All keys with their latest entries, from entries in any order. What etcd calls its tree index, at one revision.</summary>
internal sealed class KeyIndex
{
    private readonly KeyHash _hash = new();
    private KeyState[] _states = new KeyState[1024];
    private int[] _slots = new int[2048];

    /// <summary>The number of keys, deleted ones too.</summary>
    public int Count { get; private set; }

    /// <summary>A key's place; made when it is new.</summary>
    /// <returns>The state, whose <see cref="KeyState.Revision"/> is that of the entry it was last set from; default when it is new.</returns>
    public ref KeyState this[ReadOnlySpan<byte> key]
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        get
        {
            if (Count == _states.Length)
            {
                Grow();
            }

            ulong hash = _hash.Compute(key);
            int slot = (int)hash & (_slots.Length - 1);
            while (_slots[slot] != 0)
            {
                ref KeyState known = ref _states[_slots[slot] - 1];
                if (known.Hash == hash && key.SequenceEqual(known.Key))
                {
                    return ref known;
                }

                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = ++Count;
            ref KeyState made = ref _states[Count - 1];
            (made.Key, made.Hash) = (key.ToArray(), hash);
            return ref made;
        }
    }

    /// <summary>A key's state by number.</summary>
    public ref readonly KeyState At(int index) => ref _states[index];

    /// <summary>The numbers of the live keys in the order of the keys' bytes, which is etcd's.</summary>
    public int[] LiveInOrder()
    {
        List<int> live = new(Count);
        for (int index = 0; index < Count; index++)
        {
            if (!_states[index].Revision.IsTombstone)
            {
                live.Add(index);
            }
        }

        int[] order = [.. live];
        Array.Sort(order, (left, right) => _states[left].Key.AsSpan().SequenceCompareTo(_states[right].Key));
        return order;
    }

    private void Grow()
    {
        Array.Resize(ref _states, _states.Length * 2);
        _slots = new int[_slots.Length * 2];
        for (int index = 0; index < Count; index++)
        {
            int slot = (int)_states[index].Hash & (_slots.Length - 1);
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & (_slots.Length - 1);
            }

            _slots[slot] = index + 1;
        }
    }
}
