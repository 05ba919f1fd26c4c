using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A state was asked for that the snapshot does not hold: compacted away, or later than the snapshot.</summary>
public sealed class RevisionUnavailableException(long revision, long oldest, long newest)
    : EtcdSnapshotException(
        FailureCategory.ObjectNotFound,
        revision < oldest
            ? $"Revision {revision} was compacted away; the snapshot goes back to revision {oldest}."
            : $"Revision {revision} is later than the snapshot, which ends at revision {newest}.",
        $"Ask for a revision from {oldest} to {newest}, or use a snapshot taken nearer to the one you want.")
{
    /// <summary>The oldest revision whose state the snapshot still holds.</summary>
    public long Oldest { get; } = oldest;

    /// <summary>The revision of the snapshot.</summary>
    public long Newest { get; } = newest;
}
