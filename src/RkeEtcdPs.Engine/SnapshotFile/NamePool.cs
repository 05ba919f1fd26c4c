using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Makes one string of equal names: a snapshot says <c>ConfigMap</c> a hundred thousand times.</summary>
internal sealed class NamePool
{
    // Enough for all kinds and namespaces of a large cluster, and a bound on what a hostile file can make us keep.
    private const int MaxCount = 16384;

    private readonly Dictionary<ulong, string> _names = [];
    private readonly KeyHash _hash = new();

    /// <summary>The string of some UTF-8 bytes. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string Get(ReadOnlySpan<byte> name)
    {
        ulong hash = _hash.Compute(name);
        if (_names.TryGetValue(hash, out string? known))
        {
            return known;
        }

        string made = Encoding.UTF8.GetString(name);
        if (_names.Count < MaxCount)
        {
            _names.Add(hash, made);
        }

        return made;
    }
}
