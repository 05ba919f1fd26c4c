using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>
/// Puts one service in the place of another on a host. The old one is there, stopped, until the new one runs; whoever is cut off in between
/// leaves containers from which the next one sees how far it came. Never do two run at once.
/// </summary>
internal sealed class ScheduleSwap(DockerEngine engine, Action<ScheduleStep>? observer)
{
    private bool _cutOff;

    /// <summary>What is there.</summary>
    public async Task<ScheduleContainers> FindAsync(CancellationToken cancellationToken) => new(
        await ScheduleCalls.InspectAsync(engine, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false),
        await ScheduleCalls.InspectAsync(engine, ScheduleContainer.NextName, cancellationToken).ConfigureAwait(false),
        await ScheduleCalls.InspectAsync(engine, ScheduleContainer.PreviousName, cancellationToken).ConfigureAwait(false));

    /// <summary>Whether it runs, and comes back by itself.</summary>
    public static bool Runs(ContainerInspectResponse container)
        => container is { State: { Running: true, Paused: false } } && ScheduleContainer.RestartsByItself(container);

    /// <summary>Ends what another client has begun and not ended: the new one stays if it has the name, otherwise the old one.</summary>
    /// <returns>What was found, as a sentence; null when nothing was.</returns>
    public async Task<string?> TidyAsync(CancellationToken cancellationToken)
    {
        ScheduleContainers there = await FindAsync(cancellationToken).ConfigureAwait(false);
        if (there is { Next: null, Previous: null })
        {
            return null;
        }

        _cutOff = true;
        bool ran = new[] { there.Main, there.Previous }.Any(container => container is { State.Running: true });
        if (there is { Main: null, Previous: { } previous })
        {
            await RenameAsync(previous.ID, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await RemoveAsync(ScheduleContainer.PreviousName, cancellationToken).ConfigureAwait(false);
        }

        await RemoveAsync(ScheduleContainer.NextName, cancellationToken).ConfigureAwait(false);
        return ran
            ? "A change of the recurring snapshot service was cut off here; the service ran all the time. It is finished now."
            : "A change of the recurring snapshot service was cut off here, and none ran since. It is finished now.";
    }

    /// <summary>Puts the new one in the place of what is there, if anything.</summary>
    public async Task ReplaceAsync(CreateContainerParameters wanted, CancellationToken cancellationToken)
    {
        ContainerInspectResponse? old = await ScheduleCalls.InspectAsync(engine, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false);
        string? next = null;
        try
        {
            next = await engine.AskAsync(async (docker, token) => (await docker.Containers.CreateContainerAsync(wanted, token).ConfigureAwait(false)).ID, cancellationToken)
                .ConfigureAwait(false);
            observer?.Invoke(ScheduleStep.Created);
            if (old is not null)
            {
                await ScheduleCalls.SetPolicyAsync(engine, old.ID, RestartPolicyKind.No, cancellationToken).ConfigureAwait(false);
                observer?.Invoke(ScheduleStep.Held);
                await ScheduleCalls.StopAsync(engine, old.ID, cancellationToken).ConfigureAwait(false);
                observer?.Invoke(ScheduleStep.Stopped);
                await RenameAsync(old.ID, ScheduleContainer.PreviousName, cancellationToken).ConfigureAwait(false);
                observer?.Invoke(ScheduleStep.Aside);
            }

            await RenameAsync(next, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false);
            observer?.Invoke(ScheduleStep.Named);
            await StartAsync(cancellationToken).ConfigureAwait(false);
            observer?.Invoke(ScheduleStep.Started);
        }
        catch (Errors.EtcdSnapshotException failure)
        {
            if (!await ReturnAsync(next, old).ConfigureAwait(false))
            {
                failure.Add("The recurring snapshot service may stand still there: run Enable-EtcdSnapshotSchedule again.");
            }

            throw;
        }

        await RemoveAsync(ScheduleContainer.PreviousName, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts the one that has the name, and lets it come back by itself. Does nothing where it runs so.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ScheduleCalls.SetPolicyAsync(engine, ScheduleContainer.Name, RestartPolicyKind.Always, cancellationToken).ConfigureAwait(false);
        await ScheduleCalls.UnpauseAsync(engine, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false);
        await ScheduleCalls.StartAsync(engine, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all of them.</summary>
    public async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        // Stopped first, so that a save that is under way cleans up.
        if (await ScheduleCalls.InspectAsync(engine, ScheduleContainer.Name, cancellationToken).ConfigureAwait(false) is { } main)
        {
            await ScheduleCalls.StopAsync(engine, main.ID, cancellationToken).ConfigureAwait(false);
        }

        foreach (string name in (string[])[ScheduleContainer.NextName, ScheduleContainer.PreviousName, ScheduleContainer.Name])
        {
            await RemoveAsync(name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The new one could not take its place: the old one gets it back, and runs again unless somebody had stopped it.</summary>
    /// <returns>False when that failed too, and a service that was there may not run.</returns>
    private async Task<bool> ReturnAsync(string? next, ContainerInspectResponse? old)
    {
        try
        {
            await RemoveAsync(next ?? ScheduleContainer.NextName, CancellationToken.None).ConfigureAwait(false);
            if (old is null)
            {
                return true;
            }

            await RenameAsync(old.ID, ScheduleContainer.Name, CancellationToken.None).ConfigureAwait(false);
            if (_cutOff || old is { State.Running: true })
            {
                await StartAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await ScheduleCalls.SetPolicyAsync(engine, old.ID, old.HostConfig?.RestartPolicy?.Name ?? RestartPolicyKind.No, CancellationToken.None).ConfigureAwait(false);
            }

            return true;
        }
        catch (Errors.EtcdSnapshotException)
        {
            // The host is gone. The next call finds what is left.
            return old is null;
        }
    }

    private Task RenameAsync(string id, string name, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            if ((await docker.Containers.InspectContainerAsync(id, token).ConfigureAwait(false)).Name?.TrimStart('/') != name)
            {
                await docker.Containers.RenameContainerAsync(id, new ContainerRenameParameters { NewName = name }, token).ConfigureAwait(false);
            }
        },
        cancellationToken);

    private Task RemoveAsync(string name, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.RemoveContainerAsync(name, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // Gone already.
            }
        },
        cancellationToken);
}
