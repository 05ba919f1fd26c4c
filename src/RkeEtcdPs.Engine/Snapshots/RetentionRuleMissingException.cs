using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Retention was asked for without a rule.</summary>
public sealed class RetentionRuleMissingException : EtcdSnapshotException
{
    /// <summary>The failure.</summary>
    public RetentionRuleMissingException()
        : base(
            FailureCategory.InvalidArgument,
            "There is no rule for what to keep.",
            "Give at least one, such as -KeepLast 10, -KeepDaily 7 or -KeepWithin 14d.")
    {
    }
}
