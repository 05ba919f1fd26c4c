using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Describes a container that is as another one, made after what the engine says of that.</summary>
internal static class ContainerReplica
{
    /// <summary>The image to make it from: by the name that the other has, or by its id where the name now means another image; null when it is gone.</summary>
    public static Task<string?> FindImageAsync(DockerEngine engine, ContainerInspectResponse container, CancellationToken cancellationToken) => engine.AskAsync(
        async (docker, token) =>
        {
            foreach (string? name in (string?[])[container.Config?.Image, container.Image])
            {
                try
                {
                    if (name is { Length: > 0 } && (await docker.Images.InspectImageAsync(name, token).ConfigureAwait(false)).ID == container.Image)
                    {
                        return name;
                    }
                }
                catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
                {
                    // Perhaps by its id.
                }
            }

            return null;
        },
        cancellationToken);

    /// <summary>The description.</summary>
    /// <param name="container">The other one.</param>
    /// <param name="replaced">What is to be remembered of it.</param>
    /// <param name="image">The image.</param>
    /// <param name="name">The name that the new one has at first.</param>
    public static CreateContainerParameters Describe(ContainerInspectResponse container, ReplacedContainer replaced, string image, string name)
    {
        ContainerConfig config = container.Config ?? new ContainerConfig();
        HostConfig host = container.HostConfig ?? new HostConfig();
        host.RestartPolicy = replaced.Policy;
        bool sharesNames = host.NetworkMode is { } network && (network == "host" || network.StartsWith("container:", StringComparison.Ordinal));
        return new CreateContainerParameters(config)
        {
            Name = name,
            Image = image,
            Hostname = sharesNames ? "" : config.Hostname,
            Domainname = sharesNames ? "" : config.Domainname,
            Labels = new Dictionary<string, string>(config.Labels ?? new Dictionary<string, string>()) { [ReplacedContainer.Label] = replaced.ToString() },
            HostConfig = host,
        };
    }
}
