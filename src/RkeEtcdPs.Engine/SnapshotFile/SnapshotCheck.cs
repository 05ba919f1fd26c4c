namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>What a full check of a snapshot file found.</summary>
public sealed record SnapshotCheck
{
    /// <summary>The verdict.</summary>
    public required SnapshotIntegrity Integrity { get; init; }

    /// <summary>Why it is corrupt: the hash that differs, the first fault of the structure, or both. Empty when it is not.</summary>
    public required IReadOnlyList<SnapshotCorruptException> Faults { get; init; }

    /// <summary>The bytes of the file; for a zip, of the database that was packed in it.</summary>
    public required long Size { get; init; }

    /// <summary>The SHA-256 that etcd wrote at the end, in lower-case hexadecimal; null when the file has none.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The SHA-256 of the content as it is now, in lower-case hexadecimal; null when the file could not be read as a database at all.</summary>
    public string? ComputedHash { get; init; }

    /// <summary>The bytes of a page; 0 when the file could not be read as a database at all.</summary>
    public int PageSize { get; init; }

    /// <summary>The bolt transaction that wrote the database last; 0 when the file could not be read as a database at all.</summary>
    public ulong Transaction { get; init; }

    /// <summary>How many of the two meta pages are valid. One is enough to read the file; a snapshot that etcd sent has two.</summary>
    public int ValidMetaPages { get; init; }

    /// <summary>The pages in use, of <see cref="SnapshotStatus.TotalSize"/> divided by <see cref="PageSize"/>; null when the structure is broken.</summary>
    public long? PagesInUse { get; init; }

    /// <summary>The figures that etcd's own tools show; null when the structure is broken.</summary>
    public SnapshotStatus? Status { get; init; }

    /// <summary>What is told of the cluster; null when the structure is broken.</summary>
    public SnapshotClusterState? Cluster { get; init; }

    /// <summary>The oldest revision that is in the file; null when there is none or the structure is broken.</summary>
    public long? OldestRevision { get; init; }

    /// <summary>The newest revision that is in the file; null when there is none or the structure is broken.</summary>
    public long? NewestRevision { get; init; }
}
