using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.Components;

/// <summary>kube-apiserver was not restarted, because a restore is at work in the cluster or was cut off: clients would write into data that is about to be replaced.</summary>
public sealed class ComponentRestartNotSafeException : EtcdSnapshotException
{
    internal ComponentRestartNotSafeException(RkeNode node, RestoreWork restore)
        : base(
            FailureCategory.InvalidOperation,
            $"kube-apiserver on {node.Name} was not restarted, because a restore is at work or was cut off: {restore.Sign}.",
            $"{restore.Advice} A restore restarts all components at its end. -Component chooses others, which may restart now.")
    {
        Node = node.Name;
    }
}
