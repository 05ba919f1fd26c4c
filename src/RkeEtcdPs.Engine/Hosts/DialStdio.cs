using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The remote command that joins its standard streams to the engine's socket.</summary>
internal static class DialStdio
{
    /// <summary>The command for the login shell of the host.</summary>
    public static string Command(RkeNode node) => $"docker -H unix://{node.DockerSocket} system dial-stdio";

    /// <summary>Why it ended.</summary>
    /// <param name="node">The host.</param>
    /// <param name="exitCode">Its exit code.</param>
    /// <param name="said">What it wrote to standard error.</param>
    /// <param name="reason">Why this command was used and not a forwarded socket.</param>
    /// <param name="advice">What to do where there is no such command; null for the usual.</param>
    public static EtcdSnapshotException Explain(RkeNode node, int exitCode, string said, string reason, string? advice = null) => exitCode switch
    {
        _ when said.Contains("permission denied", StringComparison.OrdinalIgnoreCase) => new DockerAccessDeniedException(node, node.DockerSocket),
        127 or 126 => new ForwardingForbiddenException(node, $"{reason}, and there is no docker command", advice),
        _ when said.Contains("dial-stdio", StringComparison.Ordinal) => new ForwardingForbiddenException(node, $"{reason}, and its docker command is too old", advice),
        _ => new DockerUnavailableException(node, $"nothing listens on {node.DockerSocket}"),
    };
}
