using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Nothing was removed: no verified copy of the newest snapshot would be left.</summary>
public sealed class RemovalNotSafeException : EtcdSnapshotException
{
    internal RemovalNotSafeException(IReadOnlyList<EtcdSnapshot> copies, string remaining)
        : base(
            FailureCategory.InvalidOperation,
            $"Nothing was removed, because {string.Join(", ", copies)} {(copies.Count == 1 ? "is" : "are")} of the newest snapshot, and {remaining}.",
            "Take a new snapshot first with Save-EtcdSnapshot, or leave this one out. To remove it all the same: -Force.")
    {
        Snapshots = copies;
        Node = copies.Count == 1 ? copies[0].Node : null;
    }

    /// <summary>The copies of the newest snapshot that were to be removed.</summary>
    public IReadOnlyList<EtcdSnapshot> Snapshots { get; }
}
