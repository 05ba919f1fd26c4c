using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>A host has a recurring snapshot service that is not of this module, and it is kept.</summary>
public sealed class ScheduleExistsException : EtcdSnapshotException
{
    internal ScheduleExistsException(RkeNode node, EtcdSnapshotSchedule other, bool removing)
        : base(
            FailureCategory.ResourceExists,
            removing
                ? $"The recurring snapshot service of {node.Name} is not this module's to disable, but {Describe(other)}. It was left as it is."
                : $"{node.Name} has a recurring snapshot service already, {Describe(other)}. It was left as it is.",
            (removing ? "Remove it with -Force; its files stay." : "Replace it with -Force; its files stay.")
                + " Get-EtcdSnapshotSchedule shows what it does. "
                + (removing
                    ? "The next `rke up` brings that of RKE back, unless cluster.yml says `snapshot: false` or `backup_config: {enabled: false}` under services.etcd."
                    : "The next `rke up` may bring that of RKE back: set services.etcd in cluster.yml accordingly."))
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
