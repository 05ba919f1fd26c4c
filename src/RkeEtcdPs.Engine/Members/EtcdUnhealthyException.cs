using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Members;

/// <summary>An etcd member runs but does not do what it was asked.</summary>
public sealed class EtcdUnhealthyException : EtcdSnapshotException
{
    internal EtcdUnhealthyException(RkeNode node, string cause)
        : base(
            FailureCategory.ResourceUnavailable,
            $"The etcd member of {node.Name} did not answer as it should: {cause}.",
            "Look at Get-EtcdMember and at `docker logs etcd` on the host; another member may still give a snapshot (-Node).")
    {
        Node = node.Name;
    }
}
