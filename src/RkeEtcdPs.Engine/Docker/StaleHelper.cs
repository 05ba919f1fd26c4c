using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A container that already has the name we need: swept when it is a leftover of ours, otherwise reported.</summary>
internal sealed class StaleHelper(DockerEngine engine, string name)
{
    // Between the end of its work and its removal a helper belongs to a client that collects the result. That takes well under
    // a second; a client that takes longer is dead.
    private static readonly TimeSpan CollectingGrace = TimeSpan.FromSeconds(10);

    // One that was never started holds the host for a client that prepares other hosts, waits for their copies, or writes its own. Whether a client
    // of another machine is alive cannot be told; it takes no longer than this.
    private static readonly TimeSpan WaitingGrace = TimeSpan.FromHours(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private int _looks;

    /// <summary>Returns when it is worth trying to create the container once more.</summary>
    /// <exception cref="OperationInProgressException">It is at work, or it is not ours.</exception>
    public async Task MakeWayAsync(CancellationToken cancellationToken)
    {
        ContainerListResponse? other = await FindAsync(cancellationToken).ConfigureAwait(false);
        bool patient = ++_looks * Pause <= CollectingGrace;
        if (other is null)
        {
            // Gone in the meantime, or a name that the engine still reserves.
            await WaitAsync(patient, "the engine holds its name", null, cancellationToken).ConfigureAwait(false);
            return;
        }

        bool ours = other.Labels?.ContainsKey(HelperContainer.OperationLabel) == true;
        if (!ours || other.State is not ("created" or "exited" or "dead" or "removing"))
        {
            throw new OperationInProgressException(engine.Node, name, other.State ?? "unknown state", Since(other), ours);
        }

        string client = other.Labels!.TryGetValue(HelperContainer.ClientLabel, out string? known) ? known : "";
        bool clientIsGone = ClientProcess.IsGone(client);
        if (!clientIsGone && other.State == "created")
        {
            if (ClientProcess.IsAlive(client) || await AgeAsync(other, cancellationToken).ConfigureAwait(false) < WaitingGrace)
            {
                throw new OperationInProgressException(engine.Node, name, "waiting for its turn, or being written to", Since(other), ours);
            }
        }
        else if (!clientIsGone && patient)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            return;
        }

        await RemoveAsync(other.ID, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the container when it is of this operation and was never started: one that was made although the engine's answer was lost.</summary>
    public async Task RemoveLostAsync(string operation, CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken).ConfigureAwait(false) is { State: "created" } other
            && other.Labels?.TryGetValue(HelperContainer.OperationLabel, out string? found) == true
            && found == operation)
        {
            await RemoveAsync(other.ID, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(bool patient, string state, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        if (!patient)
        {
            throw new OperationInProgressException(engine.Node, name, state, since, ours: false);
        }

        await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
    }

    private async Task<TimeSpan> AgeAsync(ContainerListResponse container, CancellationToken cancellationToken)
    {
        // Both by the engine's clock; the client's may differ.
        SystemInfoResponse info = await engine.AskAsync((docker, token) => docker.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
        return DateTimeOffset.TryParse(info.SystemTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset now) && Since(container) is { } created
            ? now - created
            : TimeSpan.Zero;
    }

    // From the list, and not by inspecting it: that waits as long as an archive is being written into the container.
    private async Task<ContainerListResponse?> FindAsync(CancellationToken cancellationToken)
    {
        ContainersListParameters parameters = new()
        {
            All = true,
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["name"] = new Dictionary<string, bool> { [$"^/{name}$"] = true } },
        };
        IList<ContainerListResponse> found = await engine
            .AskAsync((docker, token) => docker.Containers.ListContainersAsync(parameters, token), cancellationToken)
            .ConfigureAwait(false);
        return found.FirstOrDefault(container => container.Names?.Contains("/" + name) == true);
    }

    private Task RemoveAsync(string id, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { RemoveVolumes = true }, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // Somebody else swept it.
            }
        },
        cancellationToken);

    private static DateTimeOffset? Since(ContainerListResponse container)
        => container.Created.Year > 1 ? new DateTimeOffset(DateTime.SpecifyKind(container.Created, DateTimeKind.Utc)) : null;
}
