using System.Formats.Tar;
using System.Net;
using System.Runtime.CompilerServices;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Looks for files in containers, which need not run for that.</summary>
internal static class ContainerFile
{
    private const int LargestText = 1024 * 1024;

    // In the modes of Go's os package.
    private const long FolderBit = 1L << 31;

    /// <summary>The text of a small file, as seen from inside; null when there is none, or it is no small file.</summary>
    public static async Task<string?> ReadTextAsync(DockerEngine engine, string container, string path, CancellationToken cancellationToken)
    {
        try
        {
            ContainerArchiveResponse archive = await engine.StreamAsync(
                (docker, token) => docker.Containers.GetArchiveFromContainerAsync(container, new ContainerPathStatParameters { Path = path }, statOnly: false, token), cancellationToken).ConfigureAwait(false);
            if (archive.Stream is not { } stream)
            {
                return null;
            }

            await using ConfiguredAsyncDisposable closing = stream.ConfigureAwait(false);
            using TarReader tar = new(stream);
            TarEntry? entry = await tar.GetNextEntryAsync(copyData: true, cancellationToken).ConfigureAwait(false);
            if (entry?.DataStream is not { Length: <= LargestText } data)
            {
                return null;
            }

            using StreamReader reader = new(data);
            return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DockerUnavailableException error) when (error.Answered)
        {
            return null;
        }
    }

    /// <summary>Whether a file or folder is there, as seen from inside.</summary>
    public static async Task<bool> ExistsAsync(DockerEngine engine, string container, string path, CancellationToken cancellationToken)
        => await FindModeAsync(engine, container, path, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Whether a folder is there, as seen from inside.</summary>
    public static async Task<bool> IsFolderAsync(DockerEngine engine, string container, string path, CancellationToken cancellationToken)
        => ((await FindModeAsync(engine, container, path, cancellationToken).ConfigureAwait(false) ?? 0) & FolderBit) != 0;

    /// <summary>The mode of what is there, in the engine's bits; null when nothing is.</summary>
    private static Task<long?> FindModeAsync(DockerEngine engine, string container, string path, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                ContainerArchiveResponse answer = await docker.Containers.GetArchiveFromContainerAsync(container, new ContainerPathStatParameters { Path = path }, statOnly: true, token).ConfigureAwait(false);
                return (long?)(answer.Stat?.Mode ?? 0);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);
}
