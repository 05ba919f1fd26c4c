using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A place for snapshots knows us, or does not, and refuses.</summary>
public sealed class StoreAccessDeniedException : EtcdSnapshotException
{
    internal StoreAccessDeniedException(string place, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.PermissionDenied, $"The store {place} refuses: {cause}.", advice, inner)
    {
    }
}
