using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The user may not use the Docker socket.</summary>
public sealed class DockerAccessDeniedException : EtcdSnapshotException
{
    internal DockerAccessDeniedException(RkeNode node, string socket, Exception? inner = null)
        : base(
            FailureCategory.PermissionDenied,
            $"The user {node.User ?? Environment.UserName} may not use {socket} on {node.Name}.",
            $"Add the user to the docker group on the host: `usermod -aG docker {node.User ?? Environment.UserName}`, or name another user in cluster.yml.",
            inner)
    {
        Node = node.Name;
    }
}
