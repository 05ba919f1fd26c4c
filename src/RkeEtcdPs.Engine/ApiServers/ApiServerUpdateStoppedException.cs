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
            "It runs as before. Mend what the other error says, then call Update-KubeApiServer again.")
    {
        Node = node.Name;
    }
}
