namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore as one host remembers it.</summary>
public sealed record EtcdRestore
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The id of the operation.</summary>
    public required string Operation { get; init; }

    /// <summary>How far it came there; null when its record cannot be read.</summary>
    public required RestorePhase? Phase { get; init; }

    /// <summary>The snapshot; null when its record cannot be read.</summary>
    public string? Snapshot { get; init; }

    /// <summary>When it began, in UTC; null when not known.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>The folder on the host with all that it keeps.</summary>
    public required string Path { get; init; }

    /// <summary>The bytes of the data that it replaced, as long as that is kept; null when it is not.</summary>
    public long? KeptDataSize { get; init; }

    /// <summary>The bytes of the restored data that was taken out again; null when there is none.</summary>
    public long? UndoneDataSize { get; init; }

    /// <summary>Whether all components were restarted after it, by the command itself; null as long as that is not their turn, or not known.</summary>
    public ComponentsAfter? Components { get; init; }

    /// <summary>True when neither the restore nor its undoing has come to its end: one of the two must be run again.</summary>
    public bool Unfinished => Phase is RestorePhase.Switching or RestorePhase.Undoing;
}
