using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Components;

/// <summary>A container as the engine describes it at one moment.</summary>
internal sealed record ComponentContainer
{
    /// <summary>The full id.</summary>
    public required string Id { get; init; }

    /// <summary>The image as the container names it.</summary>
    public required string Image { get; init; }

    /// <summary>What it does; never a word about health.</summary>
    public required ComponentState State { get; init; }

    /// <summary>True when it runs but is frozen.</summary>
    public required bool Paused { get; init; }

    /// <summary>Since when it runs or last ran, in UTC; null when it never did.</summary>
    public required DateTime? StartedAt { get; init; }

    /// <summary>How often the engine started it again by itself since it was last started by hand.</summary>
    public required long RestartCount { get; init; }

    /// <summary>How it last ended.</summary>
    public required long ExitCode { get; init; }

    /// <summary>Program and arguments.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>Looks at a container by name or id; null when there is none.</summary>
    public static async Task<ComponentContainer?> FindAsync(DockerEngine engine, string name, CancellationToken cancellationToken)
    {
        ContainerInspectResponse? found = await engine.AskAsync(
            async (docker, token) =>
            {
                try
                {
                    return await docker.Containers.InspectContainerAsync(name, token).ConfigureAwait(false);
                }
                catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }
            },
            cancellationToken).ConfigureAwait(false);
        return found is null ? null : Read(found);
    }

    private static ComponentContainer Read(ContainerInspectResponse found) => new()
    {
        Id = found.ID,
        Image = found.Config?.Image is { Length: > 0 } image ? image : found.Image,
        State = found.State switch
        {
            { Restarting: true } => ComponentState.Restarting,
            { Running: true } => ComponentState.Running,
            _ => ComponentState.Stopped,
        },
        Paused = found.State?.Paused == true,
        StartedAt = Time(found.State?.StartedAt),
        RestartCount = found.RestartCount,
        ExitCode = found.State?.ExitCode ?? 0,
        CommandLine = [.. found.Path is { Length: > 0 } path ? [path] : Array.Empty<string>(), .. found.Args ?? []],
    };

    private static DateTime? Time(object? time) => time switch
    {
        DateTime value when value.Year > 1 => DateTime.SpecifyKind(value, DateTimeKind.Utc),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset value) && value.Year > 1 => value.UtcDateTime,
        _ => null,
    };
}
