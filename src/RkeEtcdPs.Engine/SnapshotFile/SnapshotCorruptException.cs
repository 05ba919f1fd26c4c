using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>The bytes of a snapshot file are not what etcd would have written there.</summary>
public sealed class SnapshotCorruptException : EtcdSnapshotException
{
    private const string Remedy =
        "Use another copy of this snapshot: the other etcd hosts and the stores hold their own. Do not restore from this one.";

    /// <summary>A fault in the file.</summary>
    /// <param name="reason">What is wrong, without a full stop.</param>
    /// <param name="page">The page it is on; null when it concerns the file and not one page.</param>
    /// <param name="offset">The byte it was seen at, from the start of the database; null when there is no single place.</param>
    /// <param name="inner">What it was noticed by; usually null.</param>
    public SnapshotCorruptException(string reason, long? page = null, long? offset = null, Exception? inner = null)
        : this(null, reason, page, offset, inner)
    {
    }

    private SnapshotCorruptException(string? file, string reason, long? page, long? offset, Exception? inner)
        : base(FailureCategory.InvalidData, $"{file ?? "The snapshot"} is corrupt{Place(page, offset)}: {reason}.", Remedy, inner)
    {
        File = file;
        Reason = reason;
        Page = page;
        Offset = offset;
    }

    /// <summary>The full path of the file; null when it is not known.</summary>
    public string? File { get; }

    /// <summary>What is wrong, without the place and without a full stop.</summary>
    public string Reason { get; }

    /// <summary>The page it is on; null when it concerns the file and not one page.</summary>
    public long? Page { get; }

    /// <summary>The byte it was seen at, from the start of the database; null when there is no single place.</summary>
    public long? Offset { get; }

    /// <summary>The same fault with the file it is in.</summary>
    public SnapshotCorruptException In(string file) => File is null ? new SnapshotCorruptException(file, Reason, Page, Offset, this) { Node = Node } : this;

    private static string Place(long? page, long? offset) => (page, offset) switch
    {
        (null, null) => "",
        (null, _) => $" at byte {offset}",
        (_, null) => $" on page {page}",
        _ => $" on page {page} at byte {offset}",
    };
}
