using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A name that no snapshot may have.</summary>
public sealed class SnapshotNameInvalidException : EtcdSnapshotException
{
    internal SnapshotNameInvalidException(string cause)
        : base(
            FailureCategory.InvalidArgument,
            $"This is not a name for a snapshot: {cause}.",
            $"A name has 1 to {SnapshotName.LongestLength} letters, digits and . _ - : + = @, begins with a letter or digit, and does not end in .part, .zip, .yml or .yaml. The cluster file is -ClusterConfig, or comes second.")
    {
    }
}
