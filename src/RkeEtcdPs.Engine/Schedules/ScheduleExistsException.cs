using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>A host has a recurring snapshot service that is not of this module, and it is kept.</summary>
public sealed class ScheduleExistsException : EtcdSnapshotException
{
    internal ScheduleExistsException(RkeNode node, EtcdSnapshotSchedule other)
        : base(
            FailureCategory.ResourceExists,
            $"{node.Name} has a recurring snapshot service already, {Describe(other)}. It was left as it is.",
            "Replace or remove it with -Force; its snapshots stay. Get-EtcdSnapshotSchedule shows what it does. The next `rke up` may bring it back: set services.etcd in cluster.yml accordingly.")
    {
        Node = node.Name;
        Schedule = other;
    }

    /// <summary>What is there.</summary>
    public EtcdSnapshotSchedule Schedule { get; }

    private static string Describe(EtcdSnapshotSchedule other)
    {
        string whose = other.ManagedBy == ScheduleOwner.Rke ? "that of RKE" : $"a container {ScheduleContainer.Name} that this module did not make";
        return other is { Creation: { } creation, Retention: { } retention }
            ? $"{whose} (creation {GoDuration.Format(creation)}, retention {GoDuration.Format(retention)})"
            : whose;
    }
}
