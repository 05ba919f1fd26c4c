using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A host is not this client's any more: it slept, or could not be heard, for longer than its lock is kept. The step that found it changed nothing.</summary>
public sealed class LockLostException : EtcdSnapshotException
{
    internal LockLostException(RkeNode node)
        : base(
            FailureCategory.ResourceBusy,
            $"The lock on {node.Name} is lost: its container {RestoreScript.Container} has ended or was removed, so that another client may be at work there.",
            "Get-EtcdRestore shows what has become of the restore.")
    {
        Node = node.Name;
    }
}
