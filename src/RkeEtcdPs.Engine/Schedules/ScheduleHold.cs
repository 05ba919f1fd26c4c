using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>Stops the service of a host, whoever made it, for as long as something else is done there. Each step may be run again.</summary>
internal static class ScheduleHold
{
    // One that is ours removes what is unfinished in far less; RKE's is killed.
    private const uint StopSeconds = 20;

    /// <summary>The restart policy of the service that runs; null when none runs.</summary>
    public static async Task<string?> LookAsync(DockerEngine engine, CancellationToken cancellationToken)
        => await InspectAsync(engine, cancellationToken).ConfigureAwait(false) is { State.Running: true, HostConfig.RestartPolicy: var policy }
            ? (policy?.Name ?? RestartPolicyKind.No).ToString()
            : null;

    /// <summary>Stops it, so that the engine does not start it by itself either.</summary>
    public static Task StopAsync(DockerEngine engine, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            await SetPolicyAsync(docker, RestartPolicyKind.No, token).ConfigureAwait(false);
            return await docker.Containers.StopContainerAsync(ScheduleContainer.Name, new ContainerStopParameters { WaitBeforeKillSeconds = StopSeconds }, token).ConfigureAwait(false);
        },
        cancellationToken);

    /// <summary>Starts it again, with the restart policy that it had.</summary>
    /// <returns>False when it is not there any more.</returns>
    public static async Task<bool> StartAsync(DockerEngine engine, string policy, CancellationToken cancellationToken)
    {
        if (await InspectAsync(engine, cancellationToken).ConfigureAwait(false) is null)
        {
            return false;
        }

        return await engine.AskAsync(
            async (docker, token) =>
            {
                await SetPolicyAsync(docker, Enum.TryParse(policy, out RestartPolicyKind kind) ? kind : RestartPolicyKind.Always, token).ConfigureAwait(false);
                await docker.Containers.StartContainerAsync(ScheduleContainer.Name, new ContainerStartParameters(), token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static Task<ContainerUpdateResponse> SetPolicyAsync(DockerClient docker, RestartPolicyKind policy, CancellationToken cancellationToken)
        => docker.Containers.UpdateContainerAsync(ScheduleContainer.Name, new ContainerUpdateParameters { RestartPolicy = new RestartPolicy { Name = policy } }, cancellationToken);

    private static Task<ContainerInspectResponse?> InspectAsync(DockerEngine engine, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                return await docker.Containers.InspectContainerAsync(ScheduleContainer.Name, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);
}
