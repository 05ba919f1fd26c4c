using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Members;

/// <summary>No etcd member runs on a host that should have one.</summary>
public sealed class EtcdNotRunningException : EtcdSnapshotException
{
    internal EtcdNotRunningException(RkeNode node, string cause, string? advice = null)
        : base(
            FailureCategory.ResourceUnavailable,
            $"etcd does not run on {node.Name}: {cause}.",
            advice ?? "Look at `docker logs etcd` on the host, or work on the members that do run with -Node.")
    {
        Node = node.Name;
    }
}
