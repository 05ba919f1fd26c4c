using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Removes what killed clients have left of helper containers whose names are their own and so are in nobody's way.</summary>
internal static class HelperSweep
{
    // Far longer than any of their work. One of a client of this machine that is gone need not wait that long.
    private static readonly TimeSpan Age = TimeSpan.FromDays(1);

    /// <summary>Removes them. A failure is not reported: it only means that they stay until the next time.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(DockerEngine engine, string prefix, CancellationToken cancellationToken)
    {
        try
        {
            ContainersListParameters parameters = new()
            {
                All = true,
                Filters = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [HelperContainer.OperationLabel] = true } },
            };
            IList<ContainerListResponse> ours = await engine
                .AskAsync((docker, token) => docker.Containers.ListContainersAsync(parameters, token), cancellationToken).ConfigureAwait(false);
            ContainerListResponse[] named = [.. ours.Where(container => container.Names?.Any(name => name.TrimStart('/').StartsWith(prefix, StringComparison.Ordinal)) == true)];
            if (named.Length == 0)
            {
                return;
            }

            // Both by the engine's clock; the client's may differ.
            SystemInfoResponse info = await engine.AskAsync((docker, token) => docker.System.GetSystemInfoAsync(token), cancellationToken).ConfigureAwait(false);
            DateTimeOffset? now = DateTimeOffset.TryParse(info.SystemTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
            foreach (ContainerListResponse left in named.Where(container => IsLeft(container, now)))
            {
                await engine.AskAsync((docker, token) => RemoveAsync(docker, left.ID, token), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (EtcdSnapshotException)
        {
            // See above.
        }
    }

    private static bool IsLeft(ContainerListResponse container, DateTimeOffset? now)
        => (container.Labels?.TryGetValue(HelperContainer.ClientLabel, out string? client) == true && ClientProcess.IsGone(client))
            || (container.Created.Year > 1 && now - new DateTimeOffset(DateTime.SpecifyKind(container.Created, DateTimeKind.Utc)) > Age);

    private static async Task RemoveAsync(DockerClient docker, string id, CancellationToken cancellationToken)
    {
        try
        {
            await docker.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { RemoveVolumes = true, Force = true }, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // Somebody else sweeps it.
        }
    }
}
