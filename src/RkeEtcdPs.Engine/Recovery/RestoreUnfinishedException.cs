using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore, or its undoing, failed after the switch had begun and has not come to its end on every host. No data is lost.</summary>
public sealed class RestoreUnfinishedException : EtcdSnapshotException
{
    internal RestoreUnfinishedException(string operation, string what, Exception? cause)
        : this(
            operation,
            $"The restore {operation} is not finished: {what}",
            "All data is kept on the hosts. Get-EtcdRestore shows how far each is; Undo-EtcdRestore puts the old data back, and Restore-EtcdSnapshot with the same name goes on.",
            cause)
    {
    }

    private RestoreUnfinishedException(string operation, string message, string advice, Exception? cause)
        : base(FailureCategory.InvalidOperation, message, advice, cause)
    {
        Operation = operation;
    }

    /// <summary>This client did not finish it, and another one has brought it to its proof, or to its end, meanwhile.</summary>
    /// <param name="operation">The id of the operation.</param>
    /// <param name="finished">True when the other one has come to the end on every host.</param>
    /// <param name="cause">What kept this client from it.</param>
    /// <param name="left">What this client did too late and could not take back, in words; empty when there is nothing.</param>
    internal static RestoreUnfinishedException TakenOver(string operation, bool finished, Exception cause, string left) => new(
        operation,
        $"{cause.Message} Another client has gone on with the restore {operation} meanwhile and {(finished ? "finished it" : "proved the new cluster")}. That cluster may have taken writes, so nothing was put back. {left}".TrimEnd(),
        finished
            ? "Get-EtcdRestore shows it as done, and Get-EtcdMember how the members are. Undo-EtcdRestore would put the old data back."
            : "Restore-EtcdSnapshot with the same name finishes it, unless another client is at work; Get-EtcdRestore shows how far each host is.",
        cause);

    /// <summary>The id of the operation.</summary>
    public string Operation { get; }
}
