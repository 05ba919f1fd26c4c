using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A client did not finish its restore, and another one has brought it to its proof, or to its end, meanwhile. That cluster stays.</summary>
public sealed class RestoreTakenOverException : EtcdSnapshotException
{
    /// <param name="operation">The id of the operation.</param>
    /// <param name="finished">True when the other one has come to the end on every host.</param>
    /// <param name="cause">What kept this client from it.</param>
    /// <param name="left">What could not be looked at, or put right after this client, in words; empty when there is nothing.</param>
    internal RestoreTakenOverException(string operation, bool finished, Exception cause, string left)
        : base(
            FailureCategory.InvalidOperation,
            $"{cause.Message} Another client has gone on with the restore {operation} meanwhile and {(finished ? "finished it" : "proved the new cluster")}. That cluster may have taken writes, so nothing was put back.{(left.Length > 0 ? " Not looked at, or not put right: " : "")}{left}",
            finished
                ? "Get-EtcdRestore shows it as done, and Get-EtcdMember how the members are. Undo-EtcdRestore would put the old data back."
                : "Restore-EtcdSnapshot with the same name finishes it, unless another client is at work; Get-EtcdRestore shows how far each host is.",
            cause)
    {
        Operation = operation;
    }

    /// <summary>The id of the operation.</summary>
    public string Operation { get; }
}
