using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Nothing was removed: no verified snapshot, or no verified copy of the newest one, would be left.</summary>
public sealed class RemovalNotSafeException : EtcdSnapshotException
{
    private const int MostNamed = 5;

    internal RemovalNotSafeException(IReadOnlyList<EtcdSnapshot> copies, string remaining)
        : base(
            FailureCategory.InvalidOperation,
            $"Nothing was removed, because {remaining}, and {string.Join(", ", copies.Take(MostNamed))}{(copies.Count > MostNamed ? $" and {copies.Count - MostNamed} more" : "")} may be the last to restore from.",
            "Take a new snapshot first with Save-EtcdSnapshot, or leave this one out. To remove it all the same: -Force.")
    {
        Snapshots = copies;
        Node = copies.Count == 1 ? copies[0].Node : null;
    }

    /// <summary>The copies that were to be removed.</summary>
    public IReadOnlyList<EtcdSnapshot> Snapshots { get; }
}
