using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A host that was logged in to, with the image to work with. One login serves all snapshots.</summary>
internal sealed class SnapshotHost : IAsyncDisposable
{
    // A host that was lost may be there again at once; whoever waits for the end should not wait for long.
    private static readonly TimeSpan LastWordLimit = TimeSpan.FromSeconds(30);

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

    /// <summary>Removes what a broken transfer left, over a new connection when the old one is lost.</summary>
    /// <returns>False when that cannot be had either.</returns>
    public async Task<bool> SweepAnewAsync(SaveRequest request, IProgress<HostEvent> story)
    {
        using CancellationTokenSource limit = new(LastWordLimit);
        try
        {
            DockerEngine engine = await DockerEngine.ConnectAsync(Selected.Node, _options, limit.Token).ConfigureAwait(false);
            await using (engine.ConfigureAwait(false))
            {
                // It takes the place of the container that is left, which nobody minds any more.
                HelperContainer sweep = await HelperContainer.CreateAsync(engine, SnapshotFolder.Describe(Image, request, SnapshotFolderWork.Sweep), request.Operation, limit.Token).ConfigureAwait(false);
                await using (sweep.ConfigureAwait(false))
                {
                    await sweep.StartAsync(limit.Token).ConfigureAwait(false);
                    bool swept = await sweep.WaitAsync(limit.Token).ConfigureAwait(false) == 0;
                    story.Report(new HostMessage(Selected.Node.Name, $"[etcd] What the broken connection left on host [{Selected.Node.Address}] was removed over a new one"));
                    return swept;
                }
            }
        }
        catch (Exception error) when (error is EtcdSnapshotException or OperationCanceledException)
        {
            return false;
        }
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
