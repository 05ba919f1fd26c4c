using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore failed after the switch had begun, and the old data is in its place again on every host.</summary>
public sealed class RestoreRolledBackException : EtcdSnapshotException
{
    internal RestoreRolledBackException(string operation, Exception cause, RestoreReturn back)
        : base(
            FailureCategory.InvalidOperation,
            (cause is OperationCanceledException ? $"The restore {operation} was stopped and rolled back. " : $"The restore {operation} failed and was rolled back: {cause.Message.TrimEnd('.')}. ") + (back switch
            {
                { Untouched: true } => "The old cluster was not touched.",
                { UndoneElsewhere: true } => "Another client has undone it meanwhile.",
                { OnlyNewHosts: true } => "What it had made on the new hosts was removed.",
                { Proved: true } => "The old cluster serves again with all its data.",
                _ => "The old data and containers are as they were; the old cluster did not serve before either.",
            }),
            (cause as EtcdSnapshotException)?.Advice ?? "See what failed, and try again.",
            cause)
    {
        Operation = operation;
        Node = (cause as EtcdSnapshotException)?.Node;
    }

    /// <summary>The id of the operation.</summary>
    public string Operation { get; }
}
