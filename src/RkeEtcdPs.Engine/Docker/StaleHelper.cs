using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A container that already has the name we need: swept when it is a leftover of ours, otherwise reported.</summary>
internal sealed class StaleHelper(DockerEngine engine, HelperContainerSpec spec, string operation)
{
    private readonly string _name = spec.Name;

    // Between the end of its work and its removal a helper belongs to a client that collects the result. That takes well under
    // a second; a client that takes longer is dead.
    private static readonly TimeSpan CollectingGrace = TimeSpan.FromSeconds(10);

    // One that was never started holds the host for a client that prepares other hosts, or waits for its turn.
    private static readonly TimeSpan WaitingGrace = TimeSpan.FromMinutes(15);

    // So long one that is leased outlives the last call of its client.
    private static readonly TimeSpan LeaseGrace = TimeSpan.FromSeconds(75);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private int _looks;

    /// <summary>Returns when it is worth trying to create the container once more.</summary>
    /// <exception cref="OperationInProgressException">It is at work, or it is not ours.</exception>
    public async Task MakeWayAsync(CancellationToken cancellationToken)
    {
        ContainerInspectResponse? other = await engine.AskAsync(InspectAsync, cancellationToken).ConfigureAwait(false);
        bool patient = ++_looks * Pause <= CollectingGrace;
        if (other is null)
        {
            // Gone in the meantime, or a name that the engine still reserves.
            await WaitAsync(patient, "the engine holds its name", null, cancellationToken).ConfigureAwait(false);
            return;
        }

        IDictionary<string, string>? labels = other.Config?.Labels;
        bool ours = labels?.ContainsKey(HelperContainer.OperationLabel) == true;
        bool atWork = other.State is { } state && (state.Running || state.Paused || state.Restarting);
        bool leased = labels?.TryGetValue(HelperContainer.LeaseLabel, out string? lease) == true && lease == "yes";
        // One of this very operation was left when the way to the host broke and was found again.
        string? client = null;
        bool clientIsGone = ours
            && ((leased && spec.TakesOverLeased)
                || (labels!.TryGetValue(HelperContainer.ClientLabel, out client) && ClientProcess.IsGone(client))
                || (leased && labels!.TryGetValue(HelperContainer.OperationLabel, out string? holder) && holder == operation));
        if (ours && atWork && leased && !clientIsGone && client == ClientProcess.Current && _looks * Pause <= LeaseGrace)
        {
            // Of an earlier call here that lost the way to the host: it ends by itself.
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (!ours || (atWork && !(leased && clientIsGone)))
        {
            throw new OperationInProgressException(engine.Node, _name, Describe(other), Since(other), ours);
        }

        if (!clientIsGone && other.State?.Status == "created")
        {
            if (await AgeAsync(other, cancellationToken).ConfigureAwait(false) < WaitingGrace)
            {
                throw new OperationInProgressException(engine.Node, _name, "waiting for its turn", Since(other), ours);
            }
        }
        else if (!clientIsGone && patient)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            return;
        }

        await engine.AskAsync((docker, token) => RemoveAsync(docker, other.ID, atWork, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task WaitAsync(bool patient, string state, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        if (!patient)
        {
            throw new OperationInProgressException(engine.Node, _name, state, since, ours: false);
        }

        await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TimeSpan> AgeAsync(ContainerInspectResponse container, CancellationToken cancellationToken)
    {
        // Both by the engine's clock; the client's may differ.
        SystemInfoResponse info = await engine.AskAsync((docker, token) => docker.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
        return Time(info.SystemTime) is { } now && Since(container) is { } created ? now - created : TimeSpan.Zero;
    }

    private async Task<ContainerInspectResponse?> InspectAsync(DockerClient docker, CancellationToken cancellationToken)
    {
        try
        {
            return await docker.Containers.InspectContainerAsync(_name, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static async Task RemoveAsync(DockerClient docker, string id, bool force, CancellationToken cancellationToken)
    {
        try
        {
            await docker.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { RemoveVolumes = true, Force = force }, cancellationToken).ConfigureAwait(false);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            // Somebody else swept it.
        }
    }

    private static string Describe(ContainerInspectResponse container) => container.State?.Status is { Length: > 0 } status ? status : "unknown state";

    private static DateTimeOffset? Since(ContainerInspectResponse container) => container.State switch
    {
        { Running: true } state => Time(state.StartedAt),
        { Status: "created" } => Time(container.Created),
        { } state => Time(state.FinishedAt),
        null => null,
    };

    private static DateTimeOffset? Time(object? time) => time switch
    {
        DateTime value when value.Year > 1 => new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset value) && value.Year > 1 => value.ToUniversalTime(),
        _ => null,
    };
}
