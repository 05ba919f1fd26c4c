using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A copy was to go on where an earlier one broke, and the place cannot do that. Nothing was changed.</summary>
public sealed class ResumeNotPossibleException : EtcdSnapshotException
{
    internal ResumeNotPossibleException(string place, string cause, Exception? inner = null)
        : base(FailureCategory.InvalidOperation, $"The copy to {place} cannot go on where an earlier one broke: {cause}.", "Copy without -Resume: it begins anew.", inner)
    {
    }
}
