using System.Buffers.Binary;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>
/// A key of the <c>key</c> bucket: main u64 and sub u64, big-endian, with <c>_</c> between and <c>t</c> behind a deletion, as etcd's
/// <c>storage/mvcc/revision.go</c> writes them.
/// </summary>
/// <param name="Main">The revision of the transaction.</param>
/// <param name="Sub">The place of the change in its transaction.</param>
/// <param name="IsTombstone">True when the change was a deletion.</param>
internal readonly record struct RevisionKey(long Main, long Sub, bool IsTombstone)
{
    private const int Size = 17;

    /// <summary>Reads a key of the bucket.</summary>
    /// <returns>False when it is none.</returns>
    public static bool TryParse(ReadOnlySpan<byte> key, out RevisionKey revision)
    {
        revision = default;
        if (key.Length is not (Size or Size + 1) || key[8] != (byte)'_' || (key.Length > Size && key[Size] != (byte)'t'))
        {
            return false;
        }

        revision = new RevisionKey(BinaryPrimitives.ReadInt64BigEndian(key), BinaryPrimitives.ReadInt64BigEndian(key[9..]), key.Length > Size);
        // A transaction has some hundred changes at the most.
        return revision is { Main: >= 0, Sub: >= 0 and <= int.MaxValue };
    }

    /// <summary>Reads a revision that etcd keeps as a value, such as <c>finishedCompactRev</c>.</summary>
    /// <returns>The main revision; null when it is none.</returns>
    public static long? ParseMain(ReadOnlySpan<byte> value) => TryParse(value, out RevisionKey revision) ? revision.Main : null;
}
