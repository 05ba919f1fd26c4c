namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The recurring snapshot service of one host. Times are of the host's clock, in UTC.</summary>
public sealed record EtcdSnapshotSchedule
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>That node's address.</summary>
    public required string Address { get; init; }

    /// <summary>True when there is a service on the host, whoever made it, also one that does not run at the moment.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whose it is.</summary>
    public required ScheduleOwner ManagedBy { get; init; }

    /// <summary>True when it runs; null when that cannot be seen from the host, as with Rancher.</summary>
    public required bool? Running { get; init; }

    /// <summary>True when the engine starts it by itself after a restart of the host; null when that cannot be seen.</summary>
    public bool? RestartsByItself { get; init; }

    /// <summary>True when a replacement of the service is under way there, or was cut off.</summary>
    public bool BeingReplaced { get; init; }

    /// <summary>The time between two snapshots; null when not known.</summary>
    public TimeSpan? Creation { get; init; }

    /// <summary>How long they are kept; null when not known.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>How many verified ones stay however old they are; null when it is not this module's.</summary>
    public int? KeepAtLeast { get; init; }

    /// <summary>How much later than others this host begins; null when it is not this module's.</summary>
    public TimeSpan? Offset { get; init; }

    /// <summary>When the last good save began; that of the newest file where the service does not tell. Null when there is none.</summary>
    public DateTime? LastSuccess { get; init; }

    /// <summary>When a save failed last; null when none did, or when the service does not tell.</summary>
    public DateTime? LastFailure { get; init; }

    /// <summary>Why; null when none failed.</summary>
    public string? FailureReason { get; init; }

    /// <summary>How many saves have failed since the last good one.</summary>
    public int Failures { get; init; }

    /// <summary>When the next one is due, which may be in the past; null when not known.</summary>
    public DateTime? NextDue { get; init; }

    /// <summary>True when one should have been saved and was not.</summary>
    public bool Overdue { get; init; }

    /// <summary>How many recurring snapshots are in the folder, by their names.</summary>
    public int Count { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long TotalSize { get; init; }

    /// <summary>The clock of the host when it was asked.</summary>
    public DateTime HostTime { get; init; }

    /// <summary>Why what runs may be gone after the next restart of the host, as a sentence; null when it comes back.</summary>
    internal string? Weakness => this switch
    {
        { BeingReplaced: true } => "A replacement of the recurring snapshot service is under way, or was cut off: what runs may not come back by itself.",
        { Running: true, RestartsByItself: false } => "The recurring snapshot service runs, and does not come back by itself after a restart of the host.",
        _ => null,
    };

    /// <inheritdoc />
    public override string ToString() => $"{Node} ({(Enabled ? ManagedBy : ScheduleOwner.None)})";
}
