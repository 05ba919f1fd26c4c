using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore, or its undoing, failed after the switch had begun and has not come to its end on every host. No data is lost.</summary>
public sealed class RestoreUnfinishedException : EtcdSnapshotException
{
    /// <param name="operation">The id of the operation.</param>
    /// <param name="what">What was done, and what was not.</param>
    /// <param name="cause">Why; null when it is only found so.</param>
    /// <param name="busy">True when another client is at work on a host.</param>
    internal RestoreUnfinishedException(string operation, string what, Exception? cause, bool busy = false)
        : base(
            FailureCategory.InvalidOperation,
            $"The restore {operation} is not finished: {what}",
            busy
                ? $"Another client is at work, which goes on or back: wait for it. Get-EtcdRestore shows how far each host is; what is unfinished then, Undo-EtcdRestore {operation} or Restore-EtcdSnapshot with the same name finishes."
                : $"All data is kept on the hosts. Get-EtcdRestore shows how far each is; Undo-EtcdRestore {operation} puts the old data back, and Restore-EtcdSnapshot with the same name goes on.",
            cause)
    {
        Operation = operation;
    }

    /// <summary>The id of the operation.</summary>
    public string Operation { get; }
}
