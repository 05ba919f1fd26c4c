using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Finds the rke-tools image of a host: the one with a shell, etcdctl and the usual file tools.</summary>
internal static class ToolsImage
{
    // RKE's containers made from rke-tools. The sidekick is on every host of every RKE version.
    private static readonly string[] Containers = ["service-sidekick", "nginx-proxy", "etcd-rolling-snapshots", "rke-log-linker"];

    private const string Repository = "rke-tools";

    /// <summary>An image that is on the host: the one asked for, that of RKE's own containers, or that of cluster.yml, pulled if need be.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="cluster">For <c>system_images</c> and <c>private_registries</c>.</param>
    /// <param name="wanted">The image asked for; null to find one.</param>
    /// <param name="story">Told about a pull.</param>
    /// <param name="cancellationToken">Cancels a pull.</param>
    /// <exception cref="ImageMissingException">None is there and none can be pulled.</exception>
    public static async Task<string> FindAsync(
        DockerEngine engine, RkeCluster cluster, string? wanted, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        if (await FindPresentAsync(engine, cluster, wanted, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return there;
        }

        string complete = ImageName.Complete(cluster, wanted ?? cluster.SystemImages.GetValueOrDefault("alpine")
            ?? throw new ImageMissingException(engine.Node, "none of RKE's containers made from rke-tools is there, and cluster.yml names no such image"));
        await ImagePull.RunAsync(engine, cluster, complete, story, cancellationToken).ConfigureAwait(false);
        return complete;
    }

    /// <summary>The same without a pull; null when none is on the host.</summary>
    public static async Task<string?> FindPresentAsync(DockerEngine engine, RkeCluster cluster, string? wanted, CancellationToken cancellationToken)
    {
        if (wanted is null)
        {
            foreach (string container in Containers)
            {
                if (await ImageOfAsync(engine, container, cancellationToken).ConfigureAwait(false) is { } image)
                {
                    return image;
                }
            }
        }

        if ((wanted ?? cluster.SystemImages.GetValueOrDefault("alpine")) is not { } name)
        {
            return await ByRepositoryAsync(engine, cancellationToken).ConfigureAwait(false);
        }

        if (await IsThereAsync(engine, name, cancellationToken).ConfigureAwait(false))
        {
            return name;
        }

        string complete = ImageName.Complete(cluster, name);
        return await IsThereAsync(engine, complete, cancellationToken).ConfigureAwait(false) ? complete : null;
    }

    // The newest of what RKE calls so, from whatever registry: on a host with etcd alone, such as a new one, no container tells.
    private static Task<string?> ByRepositoryAsync(DockerEngine engine, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) => (await docker.Images.ListImagesAsync(new ImagesListParameters(), token).ConfigureAwait(false))
            .OrderByDescending(image => image.Created)
            .SelectMany(image => image.RepoTags ?? [])
            .FirstOrDefault(tag => tag.StartsWith(Repository + ":", StringComparison.Ordinal) || tag.Contains($"/{Repository}:", StringComparison.Ordinal)),
        cancellationToken);

    /// <summary>The image a container was made from, by id where its name now means another; null when either is gone.</summary>
    private static Task<string?> ImageOfAsync(DockerEngine engine, string container, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                ContainerInspectResponse found = await docker.Containers.InspectContainerAsync(container, token).ConfigureAwait(false);
                await docker.Images.InspectImageAsync(found.Image, token).ConfigureAwait(false);
                return found.Image;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    /// <summary>Whether an image is on the host.</summary>
    public static Task<bool> IsThereAsync(DockerEngine engine, string image, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            try
            {
                await docker.Images.InspectImageAsync(image, token).ConfigureAwait(false);
                return true;
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }
        },
        cancellationToken);
}
