using System.Diagnostics;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.Components;

/// <summary>The restart of one container, until it runs steadily and is as healthy as can be known.</summary>
internal sealed class ContainerRestart(DockerEngine engine, HealthProbe? probe, ComponentRestartRequest request, RestartTarget target)
{
    private readonly Stopwatch _clock = new();
    private readonly ContainerArrival _arrival = new(engine, probe, request, target);

    private RkeNode Node => engine.Node;

    /// <returns>What came of it; null for a pod's container that is gone already.</returns>
    /// <exception cref="ComponentUnhealthyException">It did not come back.</exception>
    public async Task<ComponentRestart?> RunAsync(CancellationToken cancellationToken)
    {
        if (await ComponentContainer.FindAsync(engine, target.Container, cancellationToken).ConfigureAwait(false) is not { } before)
        {
            return target.Pod is null ? Absent() : null;
        }

        // What serves has the other name then, and both would run.
        if (target.Kube?.Tier == ComponentTier.ApiServer && await ComponentContainer.FindAsync(engine, ContainerCalls.PreviousOf(target.Container), cancellationToken).ConfigureAwait(false) is not null)
        {
            throw _arrival.Unhealthy("an update of it was cut off, so it was not restarted. Update-KubeApiServer ends that");
        }

        ComponentState state = before.State;
        if (state == ComponentState.Running)
        {
            (HealthAnswer answer, _) = await _arrival.AskAsync(before, cancellationToken).ConfigureAwait(false);
            _arrival.ExpectsAnswer = answer is HealthAnswer.Healthy or HealthAnswer.Unhealthy || await _arrival.RunsItselfAsync(before, cancellationToken).ConfigureAwait(false);
            state = Judge(answer);
        }

        // The wait for a probe of another client may have been long. Hosts without etcd show no sign of a restore; of theirs the round has asked.
        if (target.Kube?.Tier == ComponentTier.ApiServer && await RestoreWork.FindAsync(engine, request.Restore, cancellationToken).ConfigureAwait(false) is { } restore)
        {
            throw _arrival.Unhealthy($"{restore.Sign}, so it was not restarted");
        }

        cancellationToken.ThrowIfCancellationRequested();
        _clock.Start();
        await RestartAsync(before).ConfigureAwait(false);
        (ComponentContainer after, ComponentState health) = await _arrival.WaitAsync(before.Id, before.StartedAt, cancellationToken).ConfigureAwait(false);
        return new ComponentRestart
        {
            ClusterName = Node.ClusterName,
            Node = Node.Name,
            Address = Node.Address,
            Component = target.Component,
            Tier = target.Tier,
            Pod = target.Pod?.Pod,
            Id = after.Id,
            Image = after.Image,
            Before = state,
            After = health,
            StartedAt = after.StartedAt,
            Duration = _clock.Elapsed,
        };
    }

    // One request, which the engine carries out whole, and which is not taken back once it is sent: between a stop and a start of our own
    // the client could go away. Should the engine itself go away, it starts what has a restart policy when it is back, and the kubelet its pods.
    private async Task RestartAsync(ComponentContainer before)
    {
        try
        {
            if (before.Paused)
            {
                await engine.AskAsync((docker, token) => docker.Containers.UnpauseContainerAsync(before.Id, token), CancellationToken.None).ConfigureAwait(false);
            }

            ContainerRestartParameters parameters = new() { WaitBeforeKillSeconds = (uint)request.StopLimit.TotalSeconds };
            await engine.AskAsync((docker, token) => docker.Containers.RestartContainerAsync(before.Id, parameters, token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (DockerUnavailableException refused) when (refused.Answered && target.Pod is null)
        {
            throw _arrival.Unhealthy(refused.Message);
        }
        catch (DockerUnavailableException refused) when (refused.Answered)
        {
            // The kubelet may have removed it at this moment, to put another in its place, which is then waited for.
            _arrival.LastWords = refused.Message;
        }
    }

    private static ComponentState Judge(HealthAnswer answer) => answer switch
    {
        HealthAnswer.Healthy => ComponentState.Healthy,
        HealthAnswer.Unhealthy => ComponentState.Unhealthy,
        _ => ComponentState.Running,
    };

    private ComponentRestart Absent() => new()
    {
        ClusterName = Node.ClusterName,
        Node = Node.Name,
        Address = Node.Address,
        Component = target.Component,
        Tier = target.Tier,
        Before = ComponentState.Absent,
        After = ComponentState.Absent,
    };
}
