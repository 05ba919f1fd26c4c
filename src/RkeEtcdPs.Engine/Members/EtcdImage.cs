using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.Members;

/// <summary>The image from which a host's etcd runs, or ran.</summary>
internal static class EtcdImage
{
    private const string Container = "etcd";

    /// <exception cref="ImageMissingException">There is no etcd container, and cluster.yml names no etcd image that is on the host.</exception>
    public static async Task<string> FindAsync(DockerEngine engine, RkeCluster cluster, CancellationToken cancellationToken)
        => await engine.AskAsync(ImageOfContainerAsync, cancellationToken).ConfigureAwait(false)
            ?? (cluster.SystemImages.GetValueOrDefault("etcd") is { } name && await IsThereAsync(engine, name, cancellationToken).ConfigureAwait(false)
                ? name
                : throw new ImageMissingException(engine.Node, "there is no container etcd, nor the etcd image of cluster.yml"));

    private static async Task<string?> ImageOfContainerAsync(DockerClient docker, CancellationToken cancellationToken)
    {
        try
        {
            return (await docker.Containers.InspectContainerAsync(Container, cancellationToken).ConfigureAwait(false)).Image;
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private static Task<bool> IsThereAsync(DockerEngine engine, string image, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                ImageInspectResponse found = await docker.Images.InspectImageAsync(image, token).ConfigureAwait(false);
                return found.ID is not null;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }
        },
        cancellationToken);
}
