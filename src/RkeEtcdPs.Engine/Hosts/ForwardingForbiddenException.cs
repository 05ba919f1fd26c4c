using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The login worked but gives no way to the Docker socket: neither a forwarded socket nor <c>docker system dial-stdio</c>.</summary>
public sealed class ForwardingForbiddenException : EtcdSnapshotException
{
    internal ForwardingForbiddenException(RkeNode node, string cause, string? advice = null)
        : base(
            FailureCategory.PermissionDenied,
            $"{node.Name} gives no way to {node.DockerSocket}: {cause}.",
            advice ?? "Set `AllowStreamLocalForwarding yes` in the host's sshd_config, or install the docker command line there (18.09 or later), and check that the socket exists and that the user is in the docker group.")
    {
        Node = node.Name;
    }
}
