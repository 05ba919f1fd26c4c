using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>The log of a container that is not ours.</summary>
internal static class ContainerLog
{
    /// <summary>Its last lines, oldest first; none when its log driver gives nothing back.</summary>
    /// <exception cref="Errors.EtcdSnapshotException">The engine could not be asked.</exception>
    public static Task<IReadOnlyList<string>> TailAsync(DockerEngine engine, string container, int lines, CancellationToken cancellationToken)
        => engine.AskAsync((docker, token) => TailAsync(docker, container, lines, token), cancellationToken);

    private static async Task<IReadOnlyList<string>> TailAsync(DockerClient docker, string container, int lines, CancellationToken cancellationToken)
    {
        ContainerLogsParameters parameters = new() { ShowStdout = true, ShowStderr = true, Tail = lines.ToString(CultureInfo.InvariantCulture) };
        try
        {
            using MultiplexedStream log = await docker.Containers.GetContainerLogsAsync(container, parameters, cancellationToken).ConfigureAwait(false);
            ContainerLineReader reader = new(log);
            List<string> tail = [];
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                tail.Add(line.Text);
            }

            return tail;
        }
        catch (DockerApiException)
        {
            return []; // The drivers of some log services cannot be read.
        }
    }
}
