using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Another operation holds the host: a container has the name that serves as its lock.</summary>
public sealed class OperationInProgressException : EtcdSnapshotException
{
    internal OperationInProgressException(RkeNode node, string container, string state, DateTimeOffset? since, bool ours)
        : base(
            FailureCategory.ResourceBusy,
            $"{node.Name} is busy: the container {container} is there ({state}" + (since is null ? ")." : string.Create(CultureInfo.InvariantCulture, $" since {since.Value.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z).")),
            ours
                ? $"Another operation of this module is at work on this host. Wait for it, or stop it where it was started. If that machine is no more: `docker rm {container}` on the host."
                : $"It was not made by this module, so it is left alone. If nothing uses it any more: `docker rm {container}` on the host, then try again.")
    {
        Node = node.Name;
        Container = container;
        Since = since;
    }

    /// <summary>The name of the container that is in the way.</summary>
    public string Container { get; }

    /// <summary>Since when it is there, in UTC; null when the engine did not say.</summary>
    public DateTimeOffset? Since { get; }
}
