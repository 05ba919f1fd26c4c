namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One copy of one snapshot.</summary>
public sealed record EtcdSnapshot
{
    private readonly OtherCopies _identical = OtherCopies.None;

    /// <summary>The cluster it is of; null when that is not known, as of a file: snapshots do not name their cluster.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The name of the node it lies on; null when it does not lie on a host.</summary>
    public string? Node { get; init; }

    /// <summary>The address of that node; null when it does not lie on a host.</summary>
    public string? Address { get; init; }

    /// <summary>The snapshot's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its full path, on the host or on this machine; in a bucket <c>s3://bucket/key</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its full path on this machine; null when it lies elsewhere. What takes files, such as <c>Write-S3Object -File</c>, takes it from here.</summary>
    public string? FullName => Location == SnapshotLocation.File ? Path : null;

    /// <summary>What kind of place <see cref="Path"/> is in.</summary>
    public required SnapshotLocation Location { get; init; }

    /// <summary>Whether it is a snapshot at all, and of which kind.</summary>
    public SnapshotKind Kind { get; init; }

    /// <summary>True for the zip in which later RKE versions keep a snapshot.</summary>
    public bool IsZip { get; init; }

    /// <summary>The size of the file, in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When it was taken, in UTC: the time in its name where there is one, else the time of the file.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The time of the file, in UTC and whole seconds; null where it was not looked at. A file of another time is another file.</summary>
    public DateTime? ModifiedAt { get; init; }

    /// <summary>How long ago <see cref="CreatedAt"/> is, by this machine's clock.</summary>
    public TimeSpan Age => DateTime.UtcNow - CreatedAt;

    /// <summary>
    /// The SHA-256 of the database, which etcd wrote at the end of the file: 64 lower-case hexadecimal digits; of a zip, of the file packed in it.
    /// Null when the file has none. Two copies of one hash hold the same bytes; that they do is proved only where <see cref="Verified"/> is true.
    /// </summary>
    public string? ContentHash { get; init; }

    /// <summary>The other places known to this command that hold a copy of the same <see cref="ContentHash"/>, as <see cref="ToString"/> writes them.</summary>
    public IReadOnlyList<string> Identical { get => _identical; init => _identical = OtherCopies.Of(value); }

    /// <summary>The revision of the key-value store in it; null when it was not read for that.</summary>
    public long? Revision { get; init; }

    /// <summary>
    /// What <c>etcdctl snapshot status</c> calls total keys: up to etcd 3.5 the entries of all buckets, old revisions of keys included. Null when it
    /// was not read for that.
    /// </summary>
    public long? KeyCount { get; init; }

    /// <summary>How long it took to make this copy and verify it; null for one that was there before.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>True when every byte was read back and hashed to <see cref="ContentHash"/>; on a host etcd's own tool could read the database as well.</summary>
    public bool Verified { get; init; }

    /// <inheritdoc />
    public override string ToString() => Node is null ? Path : $"{Node}:{Path}";
}
