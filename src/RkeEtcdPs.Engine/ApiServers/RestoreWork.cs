using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Whether a restore is at work on a host, this module's or RKE's, or was cut off there: it stops and starts API servers, and nothing may be written before it is proved.</summary>
internal static class RestoreWork
{
    /// <summary>What forbids the start of an API server; null when nothing does.</summary>
    public static async Task<EtcdSnapshotException?> FindAsync(DockerEngine engine, CancellationToken cancellationToken)
        => await FindLockAsync(engine, cancellationToken).ConfigureAwait(false) ?? (EtcdSnapshotException?)await FindHeldAsync(engine, cancellationToken).ConfigureAwait(false);

    private static async Task<OperationInProgressException?> FindLockAsync(DockerEngine engine, CancellationToken cancellationToken)
    {
        if (await ContainerCalls.InspectAsync(engine, RestoreScript.Container, cancellationToken).ConfigureAwait(false) is not { State: { } state } other || state is { Status: "exited" or "dead" })
        {
            return null;
        }

        // That of a client that was killed here ends by itself; what it has left is seen by etcd's restart policy.
        string? client = ContainerCalls.LabelOf(other, HelperContainer.ClientLabel);
        if (client is not null && ClientProcess.IsGone(client))
        {
            return null;
        }

        DateTimeOffset? since = other.Created.Year > 1 ? new DateTimeOffset(DateTime.SpecifyKind(other.Created, DateTimeKind.Utc)) : null;
        return new OperationInProgressException(engine.Node, RestoreScript.Container, state.Status ?? "unknown state", since, client is not null);
    }

    // From before the switch until the proof a restore has etcd without a restart policy, which RKE always gives it.
    private static async Task<ApiServerUpdateNotSafeException?> FindHeldAsync(DockerEngine engine, CancellationToken cancellationToken)
        => await ContainerCalls.InspectAsync(engine, EtcdDeployment.Name, cancellationToken).ConfigureAwait(false) is { HostConfig.RestartPolicy.Name: RestartPolicyKind.No }
            ? new ApiServerUpdateNotSafeException(
                engine.Node,
                "its etcd has no restart policy, as a restore leaves it that was cut off before its proof",
                "Run the same Restore-EtcdSnapshot again, which goes on, or Undo-EtcdRestore; Get-EtcdRestore tells. Where none is unfinished: `docker update --restart=always etcd` on the host.")
            : null;
}
