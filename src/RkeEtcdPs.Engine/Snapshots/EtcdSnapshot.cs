namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One copy of one snapshot.</summary>
public sealed record EtcdSnapshot
{
    /// <summary>The cluster it is of.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The name of the node it lies on; null when it does not lie on a host.</summary>
    public string? Node { get; init; }

    /// <summary>The address of that node; null when it does not lie on a host.</summary>
    public string? Address { get; init; }

    /// <summary>The snapshot's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its full path on that host.</summary>
    public required string Path { get; init; }

    /// <summary>What kind of place <see cref="Path"/> is in.</summary>
    public required SnapshotLocation Location { get; init; }

    /// <summary>The size of the file, in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When it was taken, in UTC, by the clock of the host.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The SHA-256 of the database, which etcd wrote at the end of the file: 64 lower-case hexadecimal digits.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The revision of the key-value store in it.</summary>
    public required long Revision { get; init; }

    /// <summary>What <c>etcdctl snapshot status</c> calls total keys: up to etcd 3.5 the entries of all buckets, old revisions of keys included.</summary>
    public required long KeyCount { get; init; }

    /// <summary>How long it took to make this copy and verify it; null for one that was there before.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>True when every byte was read back and hashed to <see cref="ContentHash"/>, and etcd's own tool could read the database.</summary>
    public required bool Verified { get; init; }

    /// <inheritdoc />
    public override string ToString() => Node is null ? Path : $"{Node}:{Path}";
}
