using System.Diagnostics;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Components;

/// <summary>Waits until a container runs steadily and is as healthy as can be known.</summary>
internal sealed class ContainerArrival(DockerEngine engine, HealthProbe? probe, ComponentRestartRequest request, RestartTarget target)
{
    // What the engine starts again so often within the limits here will not come up by itself.
    private const int LoopCount = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly Stopwatch _waited = new();
    private readonly Stopwatch _steady = new();
    private DateTime? _steadySince;

    /// <summary>True when it has something that must answer at its health URL before it counts as running.</summary>
    public bool ExpectsAnswer { get; set; }

    /// <summary>True when what cannot be understood, or asked, is not good enough for a component that is at work.</summary>
    public bool Strict { get; init; }

    /// <summary>What was last heard of it.</summary>
    public string LastWords { get; set; } = "";

    /// <summary>Waits.</summary>
    /// <param name="container">The container, by id; of a pod, the one that the kubelet may replace.</param>
    /// <param name="started">When it was started before, which does not count; null when it never was.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ComponentUnhealthyException">It did not come up.</exception>
    public async Task<(ComponentContainer After, ComponentState Health)> WaitAsync(string container, DateTime? started, CancellationToken cancellationToken)
    {
        long? restarts = null;
        _waited.Start();
        while (true)
        {
            ComponentContainer? now = await FindAsync(container, cancellationToken).ConfigureAwait(false);
            restarts ??= now?.RestartCount;
            if (IsSteady(container, started, now) && await AssessAsync(now!, cancellationToken).ConfigureAwait(false) is { } health)
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

    /// <summary>What its health URL comes to now.</summary>
    public async Task<(HealthAnswer Answer, string Told)> AskAsync(ComponentContainer container, CancellationToken cancellationToken)
        => probe is null || target.Kube is null
            ? (HealthAnswer.NotAsked, "")
            : await probe.AskAsync(HealthEndpoints.Of(target.Component, container.CommandLine), cancellationToken).ConfigureAwait(false);

    /// <summary>Whether the component itself is at work in its container, and not only a script that will start it.</summary>
    public async Task<bool> RunsItselfAsync(ComponentContainer container, CancellationToken cancellationToken)
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

    public ComponentUnhealthyException Unhealthy(string cause) => new(engine.Node, target.Component, target.Container, cause);

    /// <summary>The container, or the one with which the kubelet replaced it.</summary>
    private async Task<ComponentContainer?> FindAsync(string container, CancellationToken cancellationToken)
    {
        ComponentContainer? now = await ComponentContainer.FindAsync(engine, container, cancellationToken).ConfigureAwait(false);
        if (target.Pod is not { } pod || now?.State == ComponentState.Running)
        {
            return now;
        }

        IList<ContainerListResponse> running = await engine
            .AskAsync((docker, token) => docker.Containers.ListContainersAsync(new ContainersListParameters(), token), cancellationToken).ConfigureAwait(false);
        string? successor = running.FirstOrDefault(other => other.Names?.Any(name => name.TrimStart('/').StartsWith(pod.Prefix, StringComparison.Ordinal)) == true)?.ID;
        return successor is null ? now : await ComponentContainer.FindAsync(engine, successor, cancellationToken).ConfigureAwait(false) ?? now;
    }

    private bool IsSteady(string container, DateTime? started, ComponentContainer? now)
    {
        if (now is not { State: ComponentState.Running } || (now.Id == container && now.StartedAt == started))
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
        (HealthAnswer answer, LastWords) = await AskAsync(now, cancellationToken).ConfigureAwait(false);
        switch (answer)
        {
            case HealthAnswer.Healthy:
                return ComponentState.Healthy;
            case HealthAnswer.Unhealthy:
                return null;
            case HealthAnswer.NotAsked or HealthAnswer.Unclear when !Strict:
                return ComponentState.Running;
            default:
                // A component that is not (yet) at work in its container has nothing that could answer.
                ExpectsAnswer = ExpectsAnswer || await RunsItselfAsync(now, cancellationToken).ConfigureAwait(false);
                return ExpectsAnswer || _steady.Elapsed < request.EntryTime ? null : ComponentState.Running;
        }
    }

    private string Describe(ComponentContainer? now) => now switch
    {
        null => "gone",
        { State: ComponentState.Running } => $"running but not healthy ({(LastWords.Length > 0 ? LastWords : "it keeps ending")})",
        { State: ComponentState.Restarting } => $"ending again and again, exit code {now.ExitCode}",
        _ => $"stopped, exit code {now.ExitCode}",
    };
}
