using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>A host's container cannot be updated as it is asked; nothing was changed.</summary>
public sealed class ApiServerUpdateNotSafeException : EtcdSnapshotException
{
    internal ApiServerUpdateNotSafeException(RkeNode node, string cause, string? advice = null)
        : base(
            FailureCategory.InvalidOperation,
            $"{node.Name} was not updated: {cause}.",
            advice ?? "Look at `docker ps -a` on the host. What is left of work that nobody goes on with can be removed; `rke up` makes what is missing.")
    {
        Node = node.Name;
    }
}
