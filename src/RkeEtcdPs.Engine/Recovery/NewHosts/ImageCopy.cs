using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery.NewHosts;

/// <summary>Copies an image from host to host, as <c>docker save</c> and <c>docker load</c> do: it streams through this machine and never lies here.</summary>
internal static class ImageCopy
{
    // An engine packs a layer before it sends anything of it.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    /// <exception cref="ImageMissingException">The engine did not take it.</exception>
    public static async Task RunAsync(DockerEngine from, DockerEngine to, string image, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        ImageInspectResponse described = await from.AskAsync((docker, token) => docker.Images.InspectImageAsync(image, token), cancellationToken).ConfigureAwait(false);
        string activity = $"Copying {image} from {from.Node.Name}";
        story.Report(new HostMessage(to.Node.Name, $"[docker] {activity}"));
        LoadAnswer answer = new();
        long done = 0;
        long told = 0;
        try
        {
            await using Stream saved = await from.StreamAsync((docker, token) => docker.Images.SaveImageAsync(image, token), cancellationToken).ConfigureAwait(false);
            await using CountedStream counted = new(new TimedStream(saved, $"{from.Node.Name}:{image}", LongestSilence), count =>
            {
                done += count;
                if (done - told >= described.Size / 100)
                {
                    told = done;
                    story.Report(new HostProgress(to.Node.Name, activity, "loading", done, Math.Max(done, described.Size)));
                }
            });
            await to.StreamAsync(
                async (docker, token) =>
                {
                    await docker.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, counted, answer, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            story.Report(new HostProgress(to.Node.Name, activity, "done", Completed: true));
        }

        if (!await ToolsImage.IsThereAsync(to, image, cancellationToken).ConfigureAwait(false))
        {
            throw new ImageMissingException(to.Node, $"{image} of {from.Node.Name} was not loaded: {answer.Error ?? "the engine did not say why"}");
        }
    }

    private sealed class LoadAnswer : IProgress<JSONMessage>
    {
        public string? Error { get; private set; }

        public void Report(JSONMessage value) => Error = value.Error?.Message ?? Error;
    }
}
