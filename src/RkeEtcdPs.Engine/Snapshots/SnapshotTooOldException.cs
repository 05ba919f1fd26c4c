using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot is older than it may be, or dated in the future, so that its age is not known.</summary>
public sealed class SnapshotTooOldException : EtcdSnapshotException
{
    internal SnapshotTooOldException(EtcdSnapshot snapshot, TimeSpan age, TimeSpan limit)
        : base(
            FailureCategory.InvalidOperation,
            age < TimeSpan.Zero
                ? $"{snapshot} is dated {GoDuration.Format(TimeSpan.FromSeconds(Math.Round(-age.TotalSeconds)))} after now: a clock is or was wrong, and its age is not known; {GoDuration.Format(limit)} is the limit."
                : $"{snapshot} was taken {GoDuration.Format(TimeSpan.FromSeconds(Math.Round(age.TotalSeconds)))} ago; {GoDuration.Format(limit)} is the limit.",
            age < TimeSpan.Zero
                ? "Check the clocks of that host and of this machine, and the time in the snapshot's name. Test-EtcdSnapshot with the name of another one judges that."
                : "Take one with Save-EtcdSnapshot, and look why none was taken since.")
    {
        Node = snapshot.Node;
    }
}
