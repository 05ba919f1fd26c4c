using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>The replacement of a container has not come to its end. Old and new are kept on the host.</summary>
public sealed class ApiServerUpdateUnfinishedException : EtcdSnapshotException
{
    internal ApiServerUpdateUnfinishedException(RkeNode node, string container, string what, Exception? cause)
        : base(
            FailureCategory.InvalidOperation,
            $"The update of {container} on {node.Name} is not finished: {what}." + (cause is null ? "" : $" {cause.Message}"),
            $"Call Update-KubeApiServer -Node {node.Name} again when the host can be reached: it finishes the update or puts the old container back.",
            cause)
    {
        Node = node.Name;
    }
}
