using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>A host was left as it is, because another one failed.</summary>
public sealed class ApiServerUpdateStoppedException : EtcdSnapshotException
{
    internal ApiServerUpdateStoppedException(RkeNode node, string container, string cause)
        : base(
            FailureCategory.InvalidOperation,
            $"{container} on {node.Name} was not touched: {cause}.",
            "Its container is as it was. Mend what the other error says, or name the hosts that are to be updated without that one with -Node, then call Update-KubeApiServer again.")
    {
        Node = node.Name;
    }
}
