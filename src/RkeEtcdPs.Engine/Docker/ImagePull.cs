using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using Version = System.Version;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Pulls an image on a host, with the credentials of cluster.yml.</summary>
internal static class ImagePull
{
    // A registry that takes the request and then says nothing would hold up all hosts.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    // The version of the engine's API that began to look at an image in its registry.
    private static readonly Version AsksRegistries = new(1, 30);

    /// <exception cref="ImageMissingException">The registry does not give it.</exception>
    /// <exception cref="TimedOutException">Nothing came for two minutes.</exception>
    public static async Task RunAsync(
        DockerEngine engine, RkeCluster cluster, string image, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        AuthConfig? login = LoginTo(cluster, image);
        story.Report(new HostMessage(engine.Node.Name, $"[docker] Pulling {image}"));
        string? refusal = null;
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(LongestSilence);
        PullProgress progress = new(engine.Node.Name, image, story, () => silence.CancelAfter(LongestSilence), error => refusal = error);
        try
        {
            await engine.StreamAsync(
                async (docker, token) =>
                {
                    await docker.Images.CreateImageAsync(new ImagesCreateParameters { FromImage = image }, login, progress, token).ConfigureAwait(false);
                    return true;
                },
                silence.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(
                engine.Node, $"Pulling {image}", LongestSilence, "Nothing came from the registry. Check that the host can reach it, or put the image there with `docker load`.");
        }
        catch (DockerUnavailableException error) when (error.Answered)
        {
            refusal = error.Cause.TrimEnd('.');
        }
        finally
        {
            progress.Complete();
        }

        // A failed pull also ends as a stream with status 200 that carries an error.
        if (refusal is not null)
        {
            throw new ImageMissingException(engine.Node, $"{image} is not there and cannot be pulled: {refusal}");
        }
    }

    /// <summary>Why an image would not come to a host, to be read after its name; null when its registry would give it. Nothing is pulled.</summary>
    public static async Task<string?> FindRefusalAsync(DockerEngine engine, RkeCluster cluster, string image, CancellationToken cancellationToken)
    {
        if (engine.ApiVersion < AsksRegistries)
        {
            return $"whether it can be pulled Docker {engine.EngineVersion} cannot tell";
        }

        try
        {
            await engine.AskRegistryAsync((docker, token) => docker.Distribution.InspectAsync(image, token), LoginTo(cluster, image), cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (DockerUnavailableException error) when (error.Answered)
        {
            return $"it cannot be pulled: {error.Cause.TrimEnd('.')}";
        }
        catch (TimedOutException)
        {
            return "it cannot be pulled: its registry does not answer in time";
        }
    }

    private static AuthConfig? LoginTo(RkeCluster cluster, string image) => RegistryOf(cluster, image) is { User: not null, Password: not null } registry
        ? new AuthConfig { ServerAddress = registry.Url, Username = registry.User, Password = registry.Password.Reveal() }
        : null;

    // Credentials go to the registry they are for and to no other.
    private static PrivateRegistry? RegistryOf(RkeCluster cluster, string image)
        => cluster.PrivateRegistries.FirstOrDefault(registry => ImageName.Registry(image) is { } named
            ? image.StartsWith(registry.Url.TrimEnd('/') + "/", StringComparison.OrdinalIgnoreCase) || registry.Url.Equals(named, StringComparison.OrdinalIgnoreCase)
            : registry.Url is "docker.io" or "index.docker.io");

    private sealed class PullProgress(string node, string image, IProgress<HostEvent> story, Action alive, Action<string> failed) : IProgress<JSONMessage>
    {
        private readonly Dictionary<string, (long Done, long Total)> _layers = [];

        public void Report(JSONMessage value)
        {
            alive();
            if (value.Error?.Message is { } error)
            {
                failed(error);
            }

            if (value is { ID: not null, Progress: { Total: > 0 } progress })
            {
                _layers[value.ID] = (progress.Current ?? 0, progress.Total ?? 0);
                story.Report(new HostProgress(node, $"Pulling {image}", value.Status ?? "pulling", _layers.Values.Sum(layer => layer.Done), _layers.Values.Sum(layer => layer.Total)));
            }
        }

        public void Complete() => story.Report(new HostProgress(node, $"Pulling {image}", "done", Completed: true));
    }
}
