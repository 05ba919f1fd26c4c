using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A host that was logged in to, with the image to work with. One login serves all snapshots.</summary>
internal sealed class SnapshotHost : IAsyncDisposable
{
    private readonly HostOptions _options;

    public SnapshotHost(SelectedNode selected, DockerEngine engine, string image, HostOptions options)
    {
        _options = options;
        Selected = selected;
        Engine = engine;
        Image = image;
    }

    public SelectedNode Selected { get; }

    public DockerEngine Engine { get; }

    /// <summary>The rke-tools image.</summary>
    public string Image { get; }

    /// <summary>Logs in and finds the image to work with; changes nothing on the host.</summary>
    public static async Task<SnapshotHost> ConnectAsync(
        SelectedNode selected, string? toolsImage, string activity, HostOptions options, IProgress<HostEvent> story, CancellationToken cancellationToken)
    {
        RkeNode node = selected.Node;
        story.Report(new HostProgress(node.Name, activity, "connecting") { Host = node });
        DockerEngine? engine = null;
        try
        {
            engine = await DockerEngine.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
            story.Report(new HostMessage(node.Name, $"[ssh] Reached Docker {engine.EngineVersion} (API {engine.ApiVersion}) through {engine.Way}"));
            string image = await ToolsImage.FindAsync(engine, selected.Cluster, toolsImage, story, cancellationToken).ConfigureAwait(false);
            return new SnapshotHost(selected, engine, image, options);
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync().ConfigureAwait(false);
            }

            story.Report(new HostProgress(node.Name, activity, "failed", Completed: true) { Host = node });
            throw;
        }
    }

    /// <summary>Logs in once more, when the way there is lost.</summary>
    public Task<DockerEngine> ConnectAnewAsync(CancellationToken cancellationToken) => DockerEngine.ConnectAsync(Selected.Node, _options, cancellationToken);

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
