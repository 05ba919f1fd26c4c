namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One copy of a snapshot as retention sees it: an <see cref="EtcdSnapshot"/>, or what came back of one from a file or another machine.</summary>
public sealed record RetentionItem
{
    /// <summary>What stands for the copy.</summary>
    public required object Source { get; init; }

    /// <summary>The cluster; null when it is not known.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The place: a host, a folder, a bucket.</summary>
    public string Place { get; init; } = "";

    /// <summary>The snapshot's name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The full path in the place.</summary>
    public string Path { get; init; } = "";

    /// <summary>When it was taken, in UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>Its bytes.</summary>
    public long Size { get; init; }

    /// <summary>The hash that etcd wrote; null when it has none, and then it is never counted as kept.</summary>
    public string? ContentHash { get; init; }

    /// <summary>Whether it is a snapshot at all.</summary>
    public SnapshotKind Kind { get; init; }

    /// <summary>Whether it was proved.</summary>
    public bool Verified { get; init; }

    /// <summary>The item of a copy.</summary>
    public static RetentionItem Of(EtcdSnapshot snapshot) => new()
    {
        Source = snapshot,
        ClusterName = snapshot.ClusterName,
        Place = PlaceOf(snapshot.Node, snapshot.Address, snapshot.Path),
        Name = snapshot.Name,
        Path = snapshot.Path,
        CreatedAt = snapshot.CreatedAt,
        Size = snapshot.Size,
        ContentHash = snapshot.ContentHash,
        Kind = snapshot.Kind,
        Verified = snapshot.Verified,
    };

    /// <summary>The place of a copy: its node with its address, for names may be the same in two clusters, or else the folder it is in.</summary>
    public static string PlaceOf(string? node, string? address, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return node is null ? path[..Math.Max(0, path.LastIndexOfAny(['/', '\\']))] : $"{node} {address}";
    }
}
