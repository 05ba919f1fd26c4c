using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>What a host's engine is asked about containers of the service. Each call may be made again.</summary>
internal static class ScheduleCalls
{
    // A save that is under way removes what is unfinished in far less; RKE's service is killed.
    private const uint StopSeconds = 20;

    /// <summary>The container of a name; null when there is none.</summary>
    public static Task<ContainerInspectResponse?> InspectAsync(DockerEngine engine, string name, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                ContainerInspectResponse found = await docker.Containers.InspectContainerAsync(name, token).ConfigureAwait(false);
                // A name may also be the beginning of an id.
                return found.Name?.TrimStart('/') == name ? found : null;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    /// <summary>Stops it, with time for what it has begun.</summary>
    public static Task<bool> StopAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        (docker, token) => docker.Containers.StopContainerAsync(container, new ContainerStopParameters { WaitBeforeKillSeconds = StopSeconds }, token), cancellationToken);

    /// <summary>Lets it go on. Does nothing where it is not paused.</summary>
    public static async Task UnpauseAsync(DockerEngine engine, string container, CancellationToken cancellationToken)
    {
        if (await InspectAsync(engine, container, cancellationToken).ConfigureAwait(false) is { State.Paused: true, ID: string id })
        {
            await engine.AskAsync((docker, token) => docker.Containers.UnpauseContainerAsync(id, token), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops it, with time for what it has begun, and starts it again.</summary>
    public static Task RestartAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        (docker, token) => docker.Containers.RestartContainerAsync(container, new ContainerRestartParameters { WaitBeforeKillSeconds = StopSeconds }, token), cancellationToken);

    /// <summary>Starts it. Does nothing where it runs.</summary>
    public static Task<bool> StartAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        (docker, token) => docker.Containers.StartContainerAsync(container, new ContainerStartParameters(), token), cancellationToken);

    /// <summary>Says whether it comes back by itself.</summary>
    public static Task SetPolicyAsync(DockerEngine engine, string container, RestartPolicyKind policy, CancellationToken cancellationToken)
        => ContainerCalls.SetPolicyAsync(engine, container, new RestartPolicy { Name = policy }, cancellationToken);
}
