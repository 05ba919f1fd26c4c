namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What a restore, or its undoing, came to on one host.</summary>
public sealed record RestoreResult
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>The id of the operation, for Undo-EtcdRestore and Remove-EtcdRestore.</summary>
    public required string Operation { get; init; }

    /// <summary>The snapshot that was restored.</summary>
    public required string Snapshot { get; init; }

    /// <summary>The SHA-256 of its content.</summary>
    public string? ContentHash { get; init; }

    /// <summary>Done, or Undone.</summary>
    public required RestorePhase Phase { get; init; }

    /// <summary>The member's revision when it was proved; null when it was not asked.</summary>
    public long? Revision { get; init; }

    /// <summary>From the stop of this member to its first proof of health; zero when it ran all the time, null when it did not run before or was not proved.</summary>
    public TimeSpan? Outage { get; init; }

    /// <summary>Where the data that was replaced is kept on the host; null when there was none.</summary>
    public string? KeptDataPath { get; init; }

    /// <summary>Its size in bytes; null when there is none.</summary>
    public long? KeptDataSize { get; init; }

    /// <summary>The steps that ran on this host, with how long each took.</summary>
    public IReadOnlyList<RestoreStepDuration> Steps { get; init; } = [];
}
