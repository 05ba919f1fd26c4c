using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore, this module's or RKE's, that is at work on a host or was cut off there: it stops and starts API servers, and nothing may be written before it is proved.</summary>
/// <param name="Node">The host.</param>
/// <param name="Sign">What was seen of it, as a sentence without its full stop.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="Lock">The same where it is at work; null where it was cut off.</param>
internal sealed record RestoreWork(RkeNode Node, string Sign, string Advice, OperationInProgressException? Lock)
{
    private const string CutOff = "Run the same Restore-EtcdSnapshot again, which goes on, or Undo-EtcdRestore; Get-EtcdRestore tells.";

    /// <summary>What forbids the start of an API server; null when nothing does.</summary>
    /// <param name="engine">The engine of an etcd host. Others show no sign of a restore.</param>
    /// <param name="asking">
    /// The id of a restore that asks because its turn has come to start API servers: neither its own lock nor the policy that it has given back to etcd, which
    /// may have been none before, is in its way. Null for anybody else.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<RestoreWork?> FindAsync(DockerEngine engine, string? asking, CancellationToken cancellationToken)
        => await FindLockAsync(engine, asking, cancellationToken).ConfigureAwait(false)
            ?? (asking is null ? await FindHeldAsync(engine, cancellationToken).ConfigureAwait(false) : null);

    private static async Task<RestoreWork?> FindLockAsync(DockerEngine engine, string? asking, CancellationToken cancellationToken)
    {
        if (await ContainerCalls.InspectAsync(engine, RestoreScript.Container, cancellationToken).ConfigureAwait(false) is not { State: { } state } other
            || state is { Status: "exited" or "dead" }
            || (asking is not null && ContainerCalls.LabelOf(other, HelperContainer.OperationLabel) == asking))
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
        OperationInProgressException busy = new(engine.Node, RestoreScript.Container, state.Status ?? "unknown state", since, client is not null);
        return new RestoreWork(engine.Node, busy.Message.TrimEnd('.'), client is null ? busy.Advice : $"{busy.Advice} If the restore was cut off: {CutOff}", busy);
    }

    // From before the switch until the proof a restore has etcd without a restart policy, which RKE always gives it.
    private static async Task<RestoreWork?> FindHeldAsync(DockerEngine engine, CancellationToken cancellationToken)
        => await ContainerCalls.InspectAsync(engine, EtcdDeployment.Name, cancellationToken).ConfigureAwait(false) is { HostConfig.RestartPolicy.Name: RestartPolicyKind.No }
            ? new RestoreWork(
                engine.Node,
                $"etcd on {engine.Node.Name} has no restart policy, as a restore leaves it that was cut off before its proof",
                $"{CutOff} Where none is unfinished: `docker update --restart=always etcd` on {engine.Node.Name}.",
                Lock: null)
            : null;
}
