using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A step of a restore failed on a host.</summary>
public sealed class RestoreStepFailedException : EtcdSnapshotException
{
    internal RestoreStepFailedException(RkeNode node, string step, string cause)
        : base(
            FailureCategory.InvalidOperation,
            $"{step} failed on {node.Name}: {cause.TrimEnd('.')}.",
            "Look at the host: its disk, its Docker engine, and `docker logs etcd`.")
    {
        Node = node.Name;
    }
}
