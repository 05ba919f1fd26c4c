using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Gets the images to a host that lacks them: from a registry, and where none gives them from another host.</summary>
/// <param name="engine">The host's engine.</param>
/// <param name="cluster">For <c>system_images</c> and <c>private_registries</c>.</param>
/// <param name="others">The engines of the hosts that may have them.</param>
/// <param name="story">Told what is done.</param>
internal sealed class ImageSupply(DockerEngine engine, RkeCluster cluster, IReadOnlyList<DockerEngine> others, IProgress<HostEvent> story)
{
    private const string IdPrefix = "sha256:";

    /// <summary>False to ask only the hosts.</summary>
    public bool Pulls { get; init; } = true;

    /// <summary>The rke-tools image.</summary>
    /// <returns>Its name on the host.</returns>
    /// <exception cref="EtcdSnapshotException">It is not there, and nobody gives it.</exception>
    public async Task<string> FindToolsAsync(string? wanted, CancellationToken cancellationToken)
    {
        if (await ToolsImage.FindPresentAsync(engine, cluster, wanted, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return there;
        }

        string? name = wanted ?? cluster.SystemImages.GetValueOrDefault("alpine") ?? await NameOfOthersAsync(cancellationToken).ConfigureAwait(false);
        return name is not null
            ? await FindAsync(name, cancellationToken).ConfigureAwait(false)
            : throw new ImageMissingException(engine.Node, "cluster.yml names no rke-tools image, and no other host has one");
    }

    /// <summary>An image by its name, with or without the default registry of the cluster.</summary>
    /// <inheritdoc cref="FindToolsAsync"/>
    public async Task<string> FindAsync(string name, CancellationToken cancellationToken)
    {
        bool isId = name.StartsWith(IdPrefix, StringComparison.Ordinal);
        string complete = isId ? name : ImageName.Complete(cluster, name);
        string[] names = [.. new[] { name, complete }.Distinct()];
        if (await FirstThereAsync(engine, names, cancellationToken).ConfigureAwait(false) is { } there)
        {
            return there;
        }

        EtcdSnapshotException refusal = new ImageMissingException(engine.Node, $"{name} is not there");
        if (!isId && Pulls)
        {
            try
            {
                await ImagePull.RunAsync(engine, cluster, complete, story, cancellationToken).ConfigureAwait(false);
                return complete;
            }
            catch (EtcdSnapshotException failure) when (failure is ImageMissingException or TimedOutException)
            {
                refusal = failure;
            }
        }

        List<string> failures = [];
        foreach (DockerEngine other in others.Where(other => other != engine))
        {
            try
            {
                if (await FirstThereAsync(other, names, cancellationToken).ConfigureAwait(false) is { } held)
                {
                    await ImageCopy.RunAsync(other, engine, held, story, cancellationToken).ConfigureAwait(false);
                    return held;
                }
            }
            catch (EtcdSnapshotException failure)
            {
                // The next one may do better.
                story.Report(new HostMessage(engine.Node.Name, $"[docker] {name} could not be copied from {other.Node.Name}: {failure.Message}"));
                failures.Add($"Copying it from {other.Node.Name} failed: {failure.Message}");
                if (failure.Message.Contains("no space left", StringComparison.OrdinalIgnoreCase))
                {
                    break; // There is no room for it here, whoever gives it.
                }
            }
        }

        refusal.Add(failures.Count > 0 ? string.Join(" ", failures) : "No other host that can be reached has it.");
        throw refusal;
    }

    private static async Task<string?> FirstThereAsync(DockerEngine engine, string[] names, CancellationToken cancellationToken)
    {
        foreach (string name in names)
        {
            if (await ToolsImage.IsThereAsync(engine, name, cancellationToken).ConfigureAwait(false))
            {
                return name;
            }
        }

        return null;
    }

    // By a name, so that the image has one here as well.
    private async Task<string?> NameOfOthersAsync(CancellationToken cancellationToken)
    {
        foreach (DockerEngine other in others)
        {
            try
            {
                if (await ToolsImage.FindPresentAsync(other, cluster, null, cancellationToken).ConfigureAwait(false) is { } image)
                {
                    ImageInspectResponse described = await other.AskAsync((docker, token) => docker.Images.InspectImageAsync(image, token), cancellationToken).ConfigureAwait(false);
                    return described.RepoTags is [{ } tag, ..] ? tag : image;
                }
            }
            catch (EtcdSnapshotException failure)
            {
                story.Report(new HostMessage(other.Node.Name, $"[docker] Whether it has an image to work with could not be seen: {failure.Message}"));
            }
        }

        return null;
    }
}
