using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Whether a restore is at work on a host, this module's or RKE's: it stops and starts API servers.</summary>
internal static class RestoreWork
{
    /// <exception cref="OperationInProgressException">One is.</exception>
    public static async Task CheckAsync(DockerEngine engine, CancellationToken cancellationToken)
    {
        if (await ContainerCalls.InspectAsync(engine, RestoreScript.Container, cancellationToken).ConfigureAwait(false) is not { State: { } state } other || state is { Status: "exited" or "dead" })
        {
            return;
        }

        // That of a client that was killed here ends by itself, and nobody goes on with its work.
        string? client = ContainerCalls.LabelOf(other, HelperContainer.ClientLabel);
        if (client is null || !ClientProcess.IsGone(client))
        {
            DateTimeOffset? since = other.Created.Year > 1 ? new DateTimeOffset(DateTime.SpecifyKind(other.Created, DateTimeKind.Utc)) : null;
            throw new OperationInProgressException(engine.Node, RestoreScript.Container, state.Status ?? "unknown state", since, client is not null);
        }
    }
}
