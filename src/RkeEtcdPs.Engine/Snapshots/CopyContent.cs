namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is written at every target of one copy.</summary>
internal sealed record CopyContent
{
    /// <summary>The snapshot's name.</summary>
    public required string Name { get; init; }

    /// <summary>True when it is written as a zip.</summary>
    public required bool IsZip { get; init; }

    /// <summary>True when a zip is made anew of the snapshot in another one, for that may hold the keys of the cluster beside it.</summary>
    public bool IsRepacked { get; init; }

    /// <summary>The name of its file where no file system objects.</summary>
    public string FileName => IsZip ? Name + ".zip" : Name;

    /// <summary>The bytes that are written; null when only the writing shows.</summary>
    public long? Length { get; init; }

    /// <summary>About as many bytes as it takes at a target, for a look at the room there.</summary>
    public required long Room { get; init; }

    /// <summary>The source: its hash, times and figures are those of the copies.</summary>
    public required EtcdSnapshot Source { get; init; }

    /// <summary>The time that the files get, in UTC.</summary>
    public DateTime WrittenAt => Source.CreatedAt;

    /// <summary>The copy that lies at a place.</summary>
    public EtcdSnapshot At(string path, SnapshotLocation location, long size, string hash, TimeSpan duration, bool verified) => new()
    {
        ClusterName = Source.ClusterName,
        Name = Name,
        Path = path,
        Location = location,
        Kind = Source.Kind,
        IsZip = IsZip,
        Size = size,
        CreatedAt = Source.CreatedAt,
        ContentHash = hash,
        Revision = Source.Revision,
        KeyCount = Source.KeyCount,
        Duration = duration,
        Verified = verified,
    };
}
