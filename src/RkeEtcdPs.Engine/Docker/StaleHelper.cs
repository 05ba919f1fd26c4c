using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A container that already has the name we need: waited for, swept when it is a leftover of ours, otherwise reported.</summary>
internal sealed class StaleHelper(DockerEngine engine, string name)
{
    // Between the end of its work and its removal, or between its creation and its start, a helper belongs to a client that
    // is busy with it. These steps take well under a second each; a client that takes longer is dead.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private string? _seen;
    private int _looks;

    /// <summary>Returns when it is worth trying to create the container once more.</summary>
    /// <exception cref="OperationInProgressException">It is at work, or it is not ours.</exception>
    public async Task MakeWayAsync(CancellationToken cancellationToken)
    {
        ContainerInspectResponse? other = await engine.AskAsync(InspectAsync, cancellationToken).ConfigureAwait(false);
        if (other is null)
        {
            return;
        }

        bool ours = other.Config?.Labels?.ContainsKey(HelperContainer.OperationLabel) == true;
        bool atWork = other.State is { } state && (state.Running || state.Paused || state.Restarting);
        if (!ours || atWork)
        {
            throw new OperationInProgressException(engine.Node, name, Describe(other), Since(other), ours);
        }

        // Counted in looks, not by clocks: the client's and the host's may differ.
        _looks = other.ID == _seen ? _looks + 1 : 0;
        _seen = other.ID;
        if (_looks * Pause < Grace)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            return;
        }

        await engine.AskAsync(
            (docker, token) => docker.Containers.RemoveContainerAsync(other.ID, new ContainerRemoveParameters { RemoveVolumes = true }, token),
            cancellationToken).ConfigureAwait(false);
    }

    private async Task<ContainerInspectResponse?> InspectAsync(DockerClient docker, CancellationToken cancellationToken)
    {
        try
        {
            return await docker.Containers.InspectContainerAsync(name, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null; // Gone in the meantime.
        }
    }

    private static string Describe(ContainerInspectResponse container) => container.State?.Status is { Length: > 0 } status ? status : "unknown state";

    private static DateTimeOffset? Since(ContainerInspectResponse container)
    {
        string? time = container.State is { Running: true } state ? state.StartedAt : container.State?.FinishedAt;
        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset since) && since.Year > 1
            ? since.ToUniversalTime()
            : null;
    }
}
