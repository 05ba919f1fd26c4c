using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore, or its undoing, failed after the switch had begun and has not come to its end on every host. No data is lost.</summary>
public sealed class RestoreUnfinishedException : EtcdSnapshotException
{
    internal RestoreUnfinishedException(string operation, string what, Exception? cause)
        : base(
            FailureCategory.InvalidOperation,
            $"The restore {operation} is not finished: {what}",
            "All data is kept on the hosts. Get-EtcdRestore shows how far each is; Undo-EtcdRestore puts the old data back, and Restore-EtcdSnapshot with the same name goes on.",
            cause)
    {
        Operation = operation;
    }

    /// <summary>The id of the operation.</summary>
    public string Operation { get; }
}
