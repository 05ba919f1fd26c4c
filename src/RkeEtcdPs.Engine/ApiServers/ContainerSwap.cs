using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>
/// Puts one container in the place of another, which is kept until the new one is proved. Names and a label on the host tell how far it came,
/// so that whoever is cut off anywhere leaves what the next one can finish or put back. Never do two run at once, also when the engine starts anew: the new
/// one is started only when the old one is stopped and cannot come back by itself, and the same is so on the way back.
/// </summary>
/// <param name="way">The way to the host.</param>
/// <param name="name">The container's name.</param>
/// <param name="observer">Told of each step; null for nobody.</param>
/// <param name="prove">Waits until a container, by its id, runs and is healthy.</param>
internal sealed class ContainerSwap(
    HostWay way, string name, Action<ApiServerUpdateStep>? observer, Func<string, CancellationToken, Task<ComponentState>> prove)
{
    // An API server ends its requests in less.
    private const uint StopSeconds = 10;

    private const int LogLines = 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private ReplacedContainer? _origin;

    /// <summary>
    /// Asked when the new one is made, before anything is touched: a restore that begins after that sees the new one and refuses, one that has begun before must
    /// be seen here. It throws to forbid the replacement.
    /// </summary>
    public required Func<CancellationToken, Task> Guard { private get; init; }

    private DockerEngine Engine => way.Engine;

    /// <summary>What is there.</summary>
    public static async Task<SwapContainers> FindAsync(DockerEngine engine, string name, CancellationToken cancellationToken) => new(
        await ContainerCalls.InspectAsync(engine, name, cancellationToken).ConfigureAwait(false),
        await ContainerCalls.InspectAsync(engine, ContainerCalls.NextOf(name), cancellationToken).ConfigureAwait(false),
        await ContainerCalls.InspectAsync(engine, ContainerCalls.PreviousOf(name), cancellationToken).ConfigureAwait(false));

    /// <summary>Ends what another client has begun and not ended: the new one stays when it runs and is healthy, otherwise the old one is put back.</summary>
    /// <returns>The id of the one whose place was taken, when the new one stays; null otherwise.</returns>
    public async Task<string?> TidyAsync(CancellationToken cancellationToken)
    {
        SwapContainers there = await FindAsync(Engine, name, cancellationToken).ConfigureAwait(false);
        if (there.Riddle(name) is { } riddle)
        {
            throw new ApiServerUpdateNotSafeException(Engine.Node, riddle);
        }

        if (!there.Unfinished)
        {
            return null;
        }

        if (there is { MainIsNew: true, Main.State.Running: true })
        {
            try
            {
                await prove(there.Main.ID, cancellationToken).ConfigureAwait(false);
                await FinishAsync(there.Previous!.ID, there.Next?.ID).ConfigureAwait(false);
                return there.Previous.ID;
            }
            catch (ComponentUnhealthyException)
            {
                // Then the old one.
            }
        }

        await InsistAsync(PutBackAsync).ConfigureAwait(false);
        return null;
    }

    /// <summary>Puts a new one in the place of the old one.</summary>
    /// <param name="old">The old one.</param>
    /// <param name="wanted">The new one.</param>
    /// <param name="cancellationToken">Stops it; the old one is put back then.</param>
    /// <returns>The new one's id, and how it was proved.</returns>
    /// <exception cref="ApiServerRolledBackException">It failed, and the old one is back as it was.</exception>
    /// <exception cref="ApiServerUpdateUnfinishedException">It failed, and so did the way back; or the old one could not be removed.</exception>
    /// <exception cref="EtcdSnapshotException">The guard forbids it. Nothing was touched.</exception>
    public async Task<(string Id, ComponentState State)> ReplaceAsync(ReplacedContainer old, CreateContainerParameters wanted, CancellationToken cancellationToken)
    {
        _origin = old;
        string? next = null;
        ComponentState state;
        bool guarded = false;
        try
        {
            next = await ContainerCalls.CreateAsync(Engine, wanted).ConfigureAwait(false);
            await Guard(cancellationToken).ConfigureAwait(false);
            guarded = true;
            Reach(ApiServerUpdateStep.Created, cancellationToken);
            await ContainerCalls.RenameAsync(Engine, old.Id, ContainerCalls.PreviousOf(name), CancellationToken.None).ConfigureAwait(false);
            Reach(ApiServerUpdateStep.Aside, cancellationToken);
            await ContainerCalls.RenameAsync(Engine, next, name, CancellationToken.None).ConfigureAwait(false);
            Reach(ApiServerUpdateStep.Named, cancellationToken);
            await ContainerCalls.StopAsync(Engine, old.Id, StopSeconds, CancellationToken.None).ConfigureAwait(false);
            Reach(ApiServerUpdateStep.Stopped, cancellationToken);
            await HoldAsync(old.Id).ConfigureAwait(false);
            Reach(ApiServerUpdateStep.Held, cancellationToken);
            await ContainerCalls.StartAsync(Engine, next, CancellationToken.None).ConfigureAwait(false);
            Reach(ApiServerUpdateStep.Started, cancellationToken);
            state = await prove(next, cancellationToken).ConfigureAwait(false);
            Reach(ApiServerUpdateStep.Proved, cancellationToken);
        }
        catch (Exception) when (next is not null && !guarded)
        {
            // The old one is not put back: it was not touched, and a restore may have stopped it.
            await ForgetAsync(next).ConfigureAwait(false);
            throw;
        }
        catch (Exception cause)
        {
            IReadOnlyList<string> log = await LastWordsAsync(next).ConfigureAwait(false);
            await ReturnAsync(cause).ConfigureAwait(false);
            if (cause is OperationCanceledException)
            {
                throw;
            }

            throw new ApiServerRolledBackException(way.Node, name, cause, log);
        }

        await FinishAsync(old.Id, left: null).ConfigureAwait(false);
        return (next, state);
    }

    /// <summary>Sees to it that a container that was stopped stays so. An engine that started anew in between may have started it.</summary>
    private async Task HoldAsync(string id)
    {
        await ContainerCalls.SetPolicyAsync(Engine, id, new RestartPolicy { Name = RestartPolicyKind.No }, CancellationToken.None).ConfigureAwait(false);
        if (await ContainerCalls.InspectAsync(Engine, id, CancellationToken.None).ConfigureAwait(false) is { State.Running: true })
        {
            await ContainerCalls.StopAsync(Engine, id, StopSeconds, CancellationToken.None).ConfigureAwait(false);
        }
    }

    // No request of a step is taken back once it is sent: an engine goes on with what it has begun, and the way back must find it done.
    private void Reach(ApiServerUpdateStep step, CancellationToken cancellationToken)
    {
        observer?.Invoke(step);
        cancellationToken.ThrowIfCancellationRequested();
    }

    // By their ids: after a sleep the names may be those of another client's, which serve.
    private async Task FinishAsync(string previous, string? left)
    {
        try
        {
            await InsistAsync(async () =>
            {
                await ContainerCalls.RemoveAsync(Engine, previous, CancellationToken.None).ConfigureAwait(false);
                if (left is not null)
                {
                    await ContainerCalls.RemoveAsync(Engine, left, CancellationToken.None).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            throw new ApiServerUpdateUnfinishedException(way.Node, name, $"the new one serves, and the old one is still kept as {ContainerCalls.PreviousOf(name)}", failure);
        }
    }

    private async Task ForgetAsync(string next)
    {
        try
        {
            await ContainerCalls.RemoveAsync(Engine, next, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException)
        {
            // It was never started; the next update removes it.
        }
    }

    private async Task<IReadOnlyList<string>> LastWordsAsync(string? container)
    {
        try
        {
            return container is null ? [] : await ContainerLog.TailAsync(Engine, container, LogLines, CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException)
        {
            return []; // What failed is said without them.
        }
    }

    private async Task ReturnAsync(Exception cause)
    {
        try
        {
            await InsistAsync(PutBackAsync).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            throw new ApiServerUpdateUnfinishedException(way.Node, name, $"{cause.Message.TrimEnd('.')}, and the old one could not be put back", failure);
        }
    }

    /// <summary>The old one gets its name back, and runs again unless somebody had stopped it. May be done again, wherever it was cut off.</summary>
    private async Task PutBackAsync()
    {
        SwapContainers there = await FindAsync(Engine, name, CancellationToken.None).ConfigureAwait(false);
        if (there.Old is not { } old)
        {
            return;
        }

        if (there is { Previous: null, Next: { } stray, Origin: null })
        {
            // Beside one that somebody has made anew meanwhile, which is none of its business.
            await ContainerCalls.RemoveAsync(Engine, stray.ID, CancellationToken.None).ConfigureAwait(false);
            return;
        }

        // Without a word of it: as RKE has it. It is not there any more when all but the end was done.
        ReplacedContainer origin = _origin ??= there.Origin ?? new ReplacedContainer(old.ID, new RestartPolicy { Name = RestartPolicyKind.Always }, Ran: true);
        if (there is { MainIsNew: true, Main: { } failed })
        {
            await ContainerCalls.StopAsync(Engine, failed.ID, StopSeconds, CancellationToken.None).ConfigureAwait(false);
            await HoldAsync(failed.ID).ConfigureAwait(false);
        }

        await ContainerCalls.SetPolicyAsync(Engine, old.ID, origin.Policy, CancellationToken.None).ConfigureAwait(false);
        if (origin.Ran)
        {
            await ContainerCalls.StartAsync(Engine, old.ID, CancellationToken.None).ConfigureAwait(false);
        }

        if (there is { MainIsNew: true, Main: { } loser })
        {
            await ContainerCalls.RemoveAsync(Engine, ContainerCalls.NextOf(name), CancellationToken.None).ConfigureAwait(false);
            await ContainerCalls.RenameAsync(Engine, loser.ID, ContainerCalls.NextOf(name), CancellationToken.None).ConfigureAwait(false);
        }

        await ContainerCalls.RenameAsync(Engine, old.ID, name, CancellationToken.None).ConfigureAwait(false);
        await ContainerCalls.RemoveAsync(Engine, ContainerCalls.NextOf(name), CancellationToken.None).ConfigureAwait(false);
        if (origin.Ran && await ContainerCalls.InspectAsync(Engine, name, CancellationToken.None).ConfigureAwait(false) is not { State: { Running: true } or { Restarting: true } })
        {
            // A stop whose answer was lost may have come after the start.
            throw new ApiServerUpdateUnfinishedException(way.Node, name, "the old one does not run", null);
        }
    }

    /// <summary>Does what must be done, on a new way when the old one is lost.</summary>
    private async Task InsistAsync(Func<Task> work)
    {
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (EtcdSnapshotException) when (Environment.TickCount64 < deadline)
            {
                await Task.Delay(Pause).ConfigureAwait(false);
                await way.ReconnectAsync().ConfigureAwait(false);
            }
        }
    }
}
