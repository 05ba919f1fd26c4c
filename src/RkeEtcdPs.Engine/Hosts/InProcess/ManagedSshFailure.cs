using System.Net.Sockets;
using Renci.SshNet.Common;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>Says in our terms why SSH.NET gave up.</summary>
internal static class ManagedSshFailure
{
    /// <summary>The cause; the last resort is <see cref="NodeUnreachableException"/> with SSH.NET's own words.</summary>
    /// <param name="node">The host.</param>
    /// <param name="error">What SSH.NET threw.</param>
    /// <param name="greeted">Whether the host's SSH server had answered by then.</param>
    public static EtcdSnapshotException Classify(RkeNode node, Exception error, bool greeted)
    {
        return error is SshAuthenticationException || error.Message.Contains("Too many authentication failures", StringComparison.Ordinal)
            ? new AuthenticationFailedException(
                node,
                $"no key was accepted for {node.User ?? Environment.UserName}",
                "Check user and ssh_key_path in cluster.yml; a key in an agent needs -Transport OpenSsh.",
                error)
            : Unreachable(node, Cause(error, greeted), error);
    }

    public static NodeUnreachableException Unreachable(RkeNode node, string cause, Exception? error = null)
        => new(node, cause, "Check that the host is up, the address and port in cluster.yml, and the firewall. One that is gone for good is to be taken out of cluster.yml: about_EtcdRecovery.", error);

    private static string Cause(Exception error, bool greeted) => error switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "the connection was refused",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } => NodeUnreachableException.NameUnknown,
        SocketException { SocketErrorCode: SocketError.HostUnreachable or SocketError.NetworkUnreachable } => "there is no route to it",
        SocketException { SocketErrorCode: SocketError.TimedOut } => "the connection timed out",
        SshOperationTimeoutException => greeted ? "its SSH server does not answer" : "the connection timed out",
        _ => error.Message.TrimEnd('.'),
    };
}
