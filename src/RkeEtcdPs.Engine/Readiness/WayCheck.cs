using System.Net;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>The way to a node's Docker engine: one login tells how far it goes.</summary>
internal static class WayCheck
{
    /// <summary>Logs in, and notes what that proved.</summary>
    /// <returns>The engine; null when it was not reached.</returns>
    public static async Task<DockerEngine?> RunAsync(RkeNode node, HostOptions options, NodeFindings findings, CancellationToken cancellationToken)
    {
        try
        {
            findings.Current = NodeCheckPoint.Port;
            DockerEngine engine = await DockerEngine.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
            Note(node, options, findings, NodeCheckPoint.Engine);
            if (!node.IsLocal)
            {
                Tell(engine, findings);
            }

            findings.Good(NodeCheckPoint.SocketAccess, $"{node.DockerSocket} answers.");
            findings.Good(NodeCheckPoint.Engine, $"Docker {engine.EngineVersion}, spoken to in version {engine.ApiVersion} of its API.");
            return engine;
        }
        catch (EtcdSnapshotException failure)
        {
            NodeCheckPoint point = PointOf(failure);
            Note(node, options, findings, point);
            findings.Fail(point, failure);
            return null;
        }
    }

    private static NodeCheckPoint PointOf(EtcdSnapshotException failure) => failure switch
    {
        NodeUnreachableException { Cause: NodeUnreachableException.NameUnknown } => NodeCheckPoint.Name,
        NodeUnreachableException => NodeCheckPoint.Port,
        HostKeyUnknownException or HostKeyChangedException => NodeCheckPoint.HostKey,
        AuthenticationFailedException or KeyUnreadableException => NodeCheckPoint.Login,
        ForwardingForbiddenException => NodeCheckPoint.Forwarding,
        DockerAccessDeniedException => NodeCheckPoint.SocketAccess,
        // A login that takes too long is a node that cannot be reached.
        DockerUnavailableException or TimedOutException => NodeCheckPoint.Engine,
        _ => NodeCheckPoint.Node,
    };

    // What the login went through before the point at which it ended.
    private static void Note(RkeNode node, HostOptions options, NodeFindings findings, NodeCheckPoint end)
    {
        if (node.IsLocal || end is NodeCheckPoint.Name or NodeCheckPoint.Node)
        {
            return;
        }

        string through = node.Bastion is { } bastion ? $" through the bastion {bastion.Address}" : "";
        if (!IPAddress.TryParse(node.Address, out _))
        {
            if (end > NodeCheckPoint.Port)
            {
                findings.Good(NodeCheckPoint.Name, $"{node.Address} was found{through}.");
            }
        }

        if (end > NodeCheckPoint.Port)
        {
            findings.Good(NodeCheckPoint.Port, $"SSH answers at {node.Address}:{node.Port}{through}.");
        }

        if (end > NodeCheckPoint.HostKey)
        {
            findings.Good(NodeCheckPoint.HostKey, options.AcceptNewHostKey ? "Its key is known, or was accepted now." : "Its key was accepted.");
        }

        if (end > NodeCheckPoint.Login)
        {
            findings.Good(NodeCheckPoint.Login, node.User is null ? "Logged in." : $"Logged in as {node.User}.");
        }
    }

    private static void Tell(DockerEngine engine, NodeFindings findings)
    {
        string way = char.ToUpperInvariant(engine.Way[0]) + engine.Way[1..];
        if (engine.Way.Contains("forwarded", StringComparison.Ordinal) || OperatingSystem.IsWindows())
        {
            findings.Good(NodeCheckPoint.Forwarding, $"{way}.");
        }
        else
        {
            findings.Note(NodeCheckPoint.Forwarding, $"{way}.", "It works, and needs the docker command on the host. AllowStreamLocalForwarding in its sshd_config would do without.");
        }
    }
}
