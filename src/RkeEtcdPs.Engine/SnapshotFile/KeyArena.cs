namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Keeps many short keys in a few large blocks. A key is then one number: its place, and its length in the low 16 bits.</summary>
internal sealed class KeyArena
{
    private const int BlockBits = 18;
    private const int BlockSize = 1 << BlockBits;

    // The keys that bound the leaves of a database of 8 GB, the most that etcd advises, take some 40 MB.
    private const int MostBlocks = 1024;

    private readonly List<byte[]> _blocks = [];
    private int _used = BlockSize;

    /// <summary>No key.</summary>
    public const ulong None = 0;

    /// <summary>True when it holds so much already, 256 MB, that no database of etcd can be behind it.</summary>
    public bool IsFull => _blocks.Count >= MostBlocks;

    /// <summary>Keeps a copy of a key.</summary>
    /// <param name="key">1 to <see cref="Page.MaxKeySize"/> bytes.</param>
    public ulong Add(ReadOnlySpan<byte> key)
    {
        if (key.Length > BlockSize - _used)
        {
            _blocks.Add(new byte[BlockSize]);
            _used = 0;
        }

        key.CopyTo(_blocks[^1].AsSpan(_used));
        ulong place = ((ulong)(_blocks.Count - 1) << BlockBits) | (uint)_used;
        _used += key.Length;
        return (place << 16) | (uint)key.Length;
    }

    /// <summary>A key that was kept; empty for <see cref="None"/>.</summary>
    public ReadOnlySpan<byte> this[ulong key] => key == None
        ? default
        : _blocks[(int)(key >> (16 + BlockBits))].AsSpan((int)(key >> 16) & (BlockSize - 1), (int)(key & 0xFFFF));
}
