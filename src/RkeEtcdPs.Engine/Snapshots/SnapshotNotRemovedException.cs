using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot was not removed; it is where it was.</summary>
public sealed class SnapshotNotRemovedException : EtcdSnapshotException
{
    private SnapshotNotRemovedException(EtcdSnapshot snapshot, FailureCategory category, string cause, string advice)
        : base(category, $"{snapshot} was not removed: {cause}.", advice)
    {
        Path = snapshot.Path;
        Node = snapshot.Node;
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }

    /// <summary>It lies where this command cannot remove anything.</summary>
    public static SnapshotNotRemovedException Elsewhere(EtcdSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new(
            snapshot,
            FailureCategory.InvalidArgument,
            snapshot.Location == SnapshotLocation.S3 ? "it lies in a bucket, and only hosts and folders are worked on here" : "its host is not an etcd host of the cluster file",
            "Give the cluster.yml of its host with -ClusterConfig.");
    }

    internal static SnapshotNotRemovedException Changed(EtcdSnapshot snapshot)
        => new(snapshot, FailureCategory.InvalidOperation, "it has changed since it was listed", "List it again with Get-EtcdSnapshot, and remove what you then still want removed.");

    internal static SnapshotNotRemovedException Foreign(EtcdSnapshot snapshot)
        => new(snapshot, FailureCategory.InvalidOperation, "it is no snapshot, and came through the pipeline", "Name it with -LiteralPath or -Name if it is to go, or add -Force.");

    internal static SnapshotNotRemovedException BeingWritten(EtcdSnapshot snapshot)
        => new(snapshot, FailureCategory.ResourceBusy, "it may still be written to: its time is within the last five minutes", "Wait until whatever writes it has ended, and try again.");

    internal static SnapshotNotRemovedException Refused(EtcdSnapshot snapshot, string cause)
        => new(snapshot, FailureCategory.InvalidOperation, cause, "Look at it with `ls -la` where it lies.");
}
