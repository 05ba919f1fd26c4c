using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Looks for files in containers, which need not run for that.</summary>
internal static class ContainerFile
{
    /// <summary>Whether a file or folder is there, as seen from inside.</summary>
    public static Task<bool> ExistsAsync(DockerEngine engine, string container, string path, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Containers.GetArchiveFromContainerAsync(container, new ContainerPathStatParameters { Path = path }, statOnly: true, token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }
        },
        cancellationToken);
}
