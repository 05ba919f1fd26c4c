using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>What an engine is asked about containers that are not helpers. Each call may be made again.</summary>
internal static class ContainerCalls
{
    // Of a container whose process has just ended, as long as the engine has not noticed.
    private const string JustEnded = "deleted process";
    private const int MostTries = 20;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    /// <summary>The name of a container that is about to take the place of another.</summary>
    public static string NextOf(string name) => name + "-next";

    /// <summary>The name of a container whose place is being taken, or was.</summary>
    public static string PreviousOf(string name) => name + "-previous";

    /// <summary>The container of a name or an id; null when there is none.</summary>
    public static Task<ContainerInspectResponse?> InspectAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                ContainerInspectResponse found = await docker.Containers.InspectContainerAsync(container, token).ConfigureAwait(false);
                // A name may also be the beginning of an id.
                return found.ID == container || NameOf(found) == container ? found : null;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    /// <summary>Its name.</summary>
    public static string NameOf(ContainerInspectResponse container) => container.Name?.TrimStart('/') ?? "";

    /// <summary>The value of a label; null when it has none.</summary>
    public static string? LabelOf(ContainerInspectResponse container, string label)
        => container.Config?.Labels?.TryGetValue(label, out string? value) == true ? value : null;

    /// <summary>Creates one and gives its id. The request is not taken back once it is sent.</summary>
    public static Task<string> CreateAsync(DockerEngine engine, CreateContainerParameters parameters) => engine.AskAsync(
        async (docker, token) => (await docker.Containers.CreateContainerAsync(parameters, token).ConfigureAwait(false)).ID, CancellationToken.None);

    /// <summary>Starts it. Does nothing where it runs.</summary>
    public static Task StartAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        (docker, token) => docker.Containers.StartContainerAsync(container, new ContainerStartParameters(), token), cancellationToken);

    /// <summary>Stops it, and kills it after some seconds. Does nothing where it does not run.</summary>
    public static Task StopAsync(DockerEngine engine, string container, uint seconds, CancellationToken cancellationToken) => engine.AskAsync(
        (docker, token) => docker.Containers.StopContainerAsync(container, new ContainerStopParameters { WaitBeforeKillSeconds = seconds }, token), cancellationToken);

    /// <summary>Says whether it comes back by itself.</summary>
    public static Task SetPolicyAsync(DockerEngine engine, string container, RestartPolicy policy, CancellationToken cancellationToken) => engine.AskAsync(
        (docker, token) => SetPolicyAsync(docker, container, policy, token), cancellationToken);

    /// <summary>As part of a request.</summary>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    public static async Task SetPolicyAsync(DockerClient docker, string container, RestartPolicy policy, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                await docker.Containers.UpdateContainerAsync(container, new ContainerUpdateParameters { RestartPolicy = policy }, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (DockerApiException error) when (tries < MostTries && error.StatusCode == HttpStatusCode.InternalServerError && error.Message.Contains(JustEnded, StringComparison.Ordinal))
            {
                await Task.Delay(BetweenTries, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Gives it a name, unless it has it.</summary>
    public static Task RenameAsync(DockerEngine engine, string id, string name, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            if (NameOf(await docker.Containers.InspectContainerAsync(id, token).ConfigureAwait(false)) != name)
            {
                await docker.Containers.RenameContainerAsync(id, new ContainerRenameParameters { NewName = name }, token).ConfigureAwait(false);
            }
        },
        cancellationToken);

    /// <summary>Removes it, with volumes that nothing else uses. Does nothing where it is gone.</summary>
    public static Task RemoveAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.RemoveContainerAsync(container, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // Gone already.
            }
        },
        cancellationToken);
}
