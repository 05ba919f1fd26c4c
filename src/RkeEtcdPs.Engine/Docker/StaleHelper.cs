using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A container that already has the name we need: swept when it is a leftover of ours, otherwise reported.</summary>
internal sealed class StaleHelper(DockerEngine engine, HelperContainerSpec spec, string operation)
{
    // Between the end of its work and its removal a helper belongs to a client that collects the result. That takes well under
    // a second; a client that takes longer is dead.
    private static readonly TimeSpan CollectingGrace = TimeSpan.FromSeconds(10);

    // One that was never started holds the host for a client that prepares other hosts, waits for their copies, or writes its own. Whether that of
    // another machine is alive cannot be told; it takes no longer than this.
    private static readonly TimeSpan WaitingGrace = TimeSpan.FromHours(2);

    // Between two that hold a host as long as their clients call: a client starts such a one as soon as it has made it.
    private static readonly TimeSpan StartingGrace = TimeSpan.FromSeconds(60);

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
            if (!patient)
            {
                throw new OperationInProgressException(engine.Node, spec.Name, "the engine holds its name", null, ours: false);
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            return;
        }

        bool ours = Label(other, HelperContainer.OperationLabel) is not null;
        bool atWork = other.State is not ("created" or "exited" or "dead" or "removing");
        bool leased = Label(other, HelperContainer.LeaseLabel) == "yes";
        string client = Label(other, HelperContainer.ClientLabel) ?? "";
        bool lost = ours && IsLost(other, client, leased);
        if (!ours || (atWork && !(leased && lost)))
        {
            throw new OperationInProgressException(engine.Node, spec.Name, other.State ?? "unknown state", Since(other), ours);
        }

        if (!lost && other.State == "created")
        {
            if (await AgeAsync(other, cancellationToken).ConfigureAwait(false) < (leased && spec.Leased ? StartingGrace : WaitingGrace))
            {
                throw new OperationInProgressException(engine.Node, spec.Name, "waiting for its turn, or being written to", Since(other), ours);
            }
        }
        else if (!lost && patient)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            return;
        }

        await RemoveAsync(other.ID, atWork, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes the container when it is of this operation and was never started: one that was made although the engine's answer was lost.</summary>
    public async Task RemoveLostAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken).ConfigureAwait(false) is { State: "created" } other && Label(other, HelperContainer.OperationLabel) == operation)
        {
            await RemoveAsync(other.ID, force: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether nobody minds it any more: its client is gone, or is this process, which has given it up.</summary>
    private bool IsLost(ContainerListResponse other, string client, bool leased)
        => ClientProcess.IsGone(client)
            || (leased && spec.TakesOverLeased)
            // One of this very operation was left when the way to the host broke and was found again.
            || (leased && Label(other, HelperContainer.OperationLabel) == operation)
            || (client == ClientProcess.Current && !LiveHelpers.Contains(Label(other, HelperContainer.MarkLabel) ?? ""));

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
            Filters = new Dictionary<string, IDictionary<string, bool>> { ["name"] = new Dictionary<string, bool> { [$"^/{spec.Name}$"] = true } },
        };
        IList<ContainerListResponse> found = await engine
            .AskAsync((docker, token) => docker.Containers.ListContainersAsync(parameters, token), cancellationToken)
            .ConfigureAwait(false);
        return found.FirstOrDefault(container => container.Names?.Contains("/" + spec.Name) == true);
    }

    private Task RemoveAsync(string id, bool force, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { RemoveVolumes = true, Force = force }, token).ConfigureAwait(false);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                // Somebody else swept it.
            }
        },
        cancellationToken);

    private static string? Label(ContainerListResponse container, string name)
        => container.Labels?.TryGetValue(name, out string? value) == true ? value : null;

    private static DateTimeOffset? Since(ContainerListResponse container)
        => container.Created.Year > 1 ? new DateTimeOffset(DateTime.SpecifyKind(container.Created, DateTimeKind.Utc)) : null;
}
