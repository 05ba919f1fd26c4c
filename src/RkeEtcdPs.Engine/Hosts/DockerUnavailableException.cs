using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The host is reached but its Docker engine does not answer, or not as it should.</summary>
public sealed class DockerUnavailableException : EtcdSnapshotException
{
    internal DockerUnavailableException(RkeNode node, string cause, Exception? inner = null)
        : base(
            FailureCategory.ResourceUnavailable,
            $"The Docker engine of {node.Name} is not available: {cause}.",
            $"Look at `systemctl status docker` on the host; the socket should be {node.DockerSocket} (docker_socket in cluster.yml).",
            inner)
    {
        Node = node.Name;
        Cause = cause;
    }

    /// <summary>What the engine said, or why it said nothing.</summary>
    public string Cause { get; }

    /// <summary>True when the engine answered, and refused; false when it gave no answer.</summary>
    public bool Answered { get; internal init; }
}
