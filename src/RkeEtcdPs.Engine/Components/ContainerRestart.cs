using System.Diagnostics;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Components;

/// <summary>The restart of one container, until it runs steadily and is as healthy as can be known.</summary>
internal sealed class ContainerRestart(DockerEngine engine, HealthProbe? probe, ComponentRestartRequest request, RestartTarget target)
{
    // What the engine starts again so often within the limits here will not come up by itself.
    private const int LoopCount = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly Stopwatch _clock = new();
    private readonly Stopwatch _waited = new();
    private readonly Stopwatch _steady = new();
    private DateTime? _steadySince;
    private bool _expectsAnswer;
    private string _lastWords = "";

    private RkeNode Node => engine.Node;

    /// <returns>What came of it; null for a pod's container that is gone already.</returns>
    /// <exception cref="ComponentUnhealthyException">It did not come back.</exception>
    public async Task<ComponentRestart?> RunAsync(CancellationToken cancellationToken)
    {
        if (await ComponentContainer.FindAsync(engine, target.Container, cancellationToken).ConfigureAwait(false) is not { } before)
        {
            return target.Pod is null ? Absent() : null;
        }

        ComponentState state = before.State;
        if (state == ComponentState.Running)
        {
            (HealthAnswer answer, _) = await AskAsync(before, cancellationToken).ConfigureAwait(false);
            _expectsAnswer = answer is HealthAnswer.Healthy or HealthAnswer.Unhealthy || await RunsItselfAsync(before, cancellationToken).ConfigureAwait(false);
            state = Judge(answer);
        }

        cancellationToken.ThrowIfCancellationRequested();
        _clock.Start();
        await RestartAsync(before).ConfigureAwait(false);
        (ComponentContainer after, ComponentState health) = await WaitAsync(before, cancellationToken).ConfigureAwait(false);
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
            throw Unhealthy(refused.Message);
        }
        catch (DockerUnavailableException refused) when (refused.Answered)
        {
            // The kubelet may have removed it at this moment, to put another in its place, which is then waited for.
            _lastWords = refused.Message;
        }
    }

    private async Task<(ComponentContainer After, ComponentState Health)> WaitAsync(ComponentContainer before, CancellationToken cancellationToken)
    {
        long? restarts = null;
        _waited.Start();
        while (true)
        {
            ComponentContainer? now = await FindAsync(before, cancellationToken).ConfigureAwait(false);
            restarts ??= now?.RestartCount;
            if (IsSteady(before, now) && await AssessAsync(now!, cancellationToken).ConfigureAwait(false) is { } health)
            {
                return (now!, health);
            }

            if (now?.RestartCount - restarts >= LoopCount)
            {
                throw Unhealthy($"it ends as soon as it has started, {now!.RestartCount - restarts} times already, the last time with exit code {now.ExitCode}");
            }

            if (_waited.Elapsed > request.HealthLimit)
            {
                throw Unhealthy($"within {request.HealthLimit.TotalSeconds:0} s it was {Describe(now)}");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The container, or the one with which the kubelet replaced it.</summary>
    private async Task<ComponentContainer?> FindAsync(ComponentContainer before, CancellationToken cancellationToken)
    {
        ComponentContainer? now = await ComponentContainer.FindAsync(engine, before.Id, cancellationToken).ConfigureAwait(false);
        if (target.Pod is not { } pod || now?.State == ComponentState.Running)
        {
            return now;
        }

        IList<ContainerListResponse> running = await engine
            .AskAsync((docker, token) => docker.Containers.ListContainersAsync(new ContainersListParameters(), token), cancellationToken).ConfigureAwait(false);
        string? successor = running.FirstOrDefault(other => other.Names?.Any(name => name.TrimStart('/').StartsWith(pod.Prefix, StringComparison.Ordinal)) == true)?.ID;
        return successor is null ? now : await ComponentContainer.FindAsync(engine, successor, cancellationToken).ConfigureAwait(false) ?? now;
    }

    private bool IsSteady(ComponentContainer before, ComponentContainer? now)
    {
        if (now is not { State: ComponentState.Running } || (now.Id == before.Id && now.StartedAt == before.StartedAt))
        {
            _steadySince = null;
            return false;
        }

        if (_steadySince != now.StartedAt)
        {
            _steadySince = now.StartedAt;
            _steady.Restart();
        }

        return _steady.Elapsed >= request.SettleTime;
    }

    /// <summary>What a container that runs steadily is taken for; null when it may still become healthy.</summary>
    private async Task<ComponentState?> AssessAsync(ComponentContainer now, CancellationToken cancellationToken)
    {
        (HealthAnswer answer, _lastWords) = await AskAsync(now, cancellationToken).ConfigureAwait(false);
        switch (answer)
        {
            case HealthAnswer.Healthy:
                return ComponentState.Healthy;
            case HealthAnswer.Unhealthy:
                return null;
            case HealthAnswer.Silent:
                // A component that is not (yet) at work in its container has nothing that could answer.
                _expectsAnswer = _expectsAnswer || await RunsItselfAsync(now, cancellationToken).ConfigureAwait(false);
                return _expectsAnswer || _steady.Elapsed < request.EntryTime ? null : ComponentState.Running;
            default:
                return ComponentState.Running;
        }
    }

    private async Task<(HealthAnswer Answer, string Told)> AskAsync(ComponentContainer container, CancellationToken cancellationToken)
        => probe is null || target.Kube is null
            ? (HealthAnswer.NotAsked, "")
            : await probe.AskAsync(HealthEndpoints.Of(target.Component, container.CommandLine), cancellationToken).ConfigureAwait(false);

    private async Task<bool> RunsItselfAsync(ComponentContainer container, CancellationToken cancellationToken)
    {
        if (target.Kube is not { } component || probe is null)
        {
            return false;
        }

        try
        {
            ContainerProcessesResponse list = await engine.AskAsync(
                (docker, token) => docker.Containers.ListProcessesAsync(container.Id, new ContainerListProcessesParameters { PsArgs = "-eo pid,args" }, token),
                cancellationToken).ConfigureAwait(false);
            return list.Processes?.Any(process => process.Count > 0 && component.IsCommandLine(process[^1])) == true;
        }
        catch (DockerUnavailableException refused) when (refused.Answered)
        {
            // It ended just now, or the host has no ps.
            return false;
        }
    }

    private static ComponentState Judge(HealthAnswer answer) => answer switch
    {
        HealthAnswer.Healthy => ComponentState.Healthy,
        HealthAnswer.Unhealthy => ComponentState.Unhealthy,
        _ => ComponentState.Running,
    };

    private string Describe(ComponentContainer? now) => now switch
    {
        null => "gone",
        { State: ComponentState.Running } => $"running but not healthy ({(_lastWords.Length > 0 ? _lastWords : "it keeps ending")})",
        { State: ComponentState.Restarting } => $"ending again and again, exit code {now.ExitCode}",
        _ => $"stopped, exit code {now.ExitCode}",
    };

    private ComponentUnhealthyException Unhealthy(string cause) => new(Node, target.Component, target.Container, cause);

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
