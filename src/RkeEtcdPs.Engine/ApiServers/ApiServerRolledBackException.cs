using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>A new container did not come up as it should, and the old one is back as it was.</summary>
public sealed class ApiServerRolledBackException : EtcdSnapshotException
{
    internal ApiServerRolledBackException(RkeNode node, string container, Exception cause, IReadOnlyList<string> log)
        : base(
            FailureCategory.ResourceUnavailable,
            $"The new {container} on {node.Name} failed, and the old one is back as it was: {(cause is ComponentUnhealthyException unhealthy ? unhealthy.Cause : cause.Message.TrimEnd('.'))}."
            + (log.LastOrDefault(line => line.Trim().Length > 0) is { } last ? $" Its last words: {last.Trim()}" : ""),
            "Check etcd (Get-EtcdMember) and services.kube-api of cluster.yml; then call Update-KubeApiServer again.",
            cause)
    {
        Node = node.Name;
        Log = log;
    }

    /// <summary>The last lines that the new container wrote, oldest first; empty when it wrote none.</summary>
    public IReadOnlyList<string> Log { get; }
}
