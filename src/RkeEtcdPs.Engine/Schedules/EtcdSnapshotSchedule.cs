using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;

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

    /// <summary>
    /// True when what runs saves into a folder that is not the host's snapshot folder any more: something was mounted over that, or it was moved or
    /// removed, after the service began. All else that is told of snapshots is of the folder that is there now.
    /// </summary>
    public bool SavesElsewhere { get; init; }

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

    /// <summary>True when one should be in the snapshot folder and is not, also because what runs saves elsewhere.</summary>
    public bool Overdue { get; init; }

    /// <summary>How many recurring snapshots are in the folder, by their names.</summary>
    public int Count { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long TotalSize { get; init; }

    /// <summary>The clock of the host when it was asked; null when it has no snapshot folder to look into.</summary>
    public DateTime? HostTime { get; init; }

    /// <summary>The host that was asked; null when that is not known.</summary>
    internal SelectedNode? Origin { get; init; }

    /// <summary>Why what runs is of no use, or may be gone after the next restart of the host, as a sentence; null when all is well with it.</summary>
    internal string? Weakness => this switch
    {
        { SavesElsewhere: true } => $"The recurring snapshot service runs, and saves into a folder that is not {SnapshotFolder.Path} any more: something was mounted over it, or it was moved or removed, after the service began.",
        { BeingReplaced: true, Running: false } => "A replacement of the recurring snapshot service is under way, or was cut off: none runs.",
        { BeingReplaced: true, RestartsByItself: false } => "A replacement of the recurring snapshot service is under way, or was cut off: what runs does not come back by itself after a restart of the host.",
        { BeingReplaced: true } => "A replacement of the recurring snapshot service is under way, or was cut off: what runs is whole, and a container beside it is left over.",
        { Running: true, RestartsByItself: false } => "The recurring snapshot service runs, and does not come back by itself after a restart of the host.",
        _ => null,
    };

    /// <summary>What to do about <see cref="Weakness"/>.</summary>
    internal string WeaknessAdvice => (SavesElsewhere, ManagedBy) switch
    {
        (true, ScheduleOwner.EtcdSnapshot) => "Run Enable-EtcdSnapshotSchedule again: the service begins anew, in the folder that is there now. What it saved until then is in the other one.",
        (true, _) => $"Run `docker restart {ScheduleContainer.Name}` on the host. What it saved until then is in the other folder.",
        _ => $"Run Enable-EtcdSnapshotSchedule again, or for a service that is not of this module `docker update --restart always {ScheduleContainer.Name}` on the host.",
    };

    /// <inheritdoc />
    public override string ToString() => $"{Node} ({(Enabled ? ManagedBy : ScheduleOwner.None)})";
}
