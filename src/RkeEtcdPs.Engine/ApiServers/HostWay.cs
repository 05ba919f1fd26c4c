using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>The way to one host's engine, which can be found again when it is lost.</summary>
internal sealed class HostWay(RkeNode node, HostOptions options, IProgress<HostEvent> story) : IAsyncDisposable
{
    private DockerEngine? _engine;

    public RkeNode Node => node;

    /// <exception cref="DockerUnavailableException">There is no way to it now.</exception>
    public DockerEngine Engine => _engine ?? throw new DockerUnavailableException(node, "the way to it is lost");

    public bool Connected => _engine is not null;

    /// <summary>Whether an engine is the one that it leads to now.</summary>
    public bool Leads(DockerEngine engine) => ReferenceEquals(engine, _engine);

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        _engine = await DockerEngine.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
        story.Report(new HostMessage(node.Name, $"[ssh] Reached Docker {_engine.EngineVersion} (API {_engine.ApiVersion}) through {_engine.Way}"));
    }

    /// <summary>Looks for a new way, for work that must be done. Where there is none, the next use of the engine says so.</summary>
    public async Task ReconnectAsync()
    {
        await DisposeAsync().ConfigureAwait(false);
        try
        {
            await ConnectAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException)
        {
            // Said by the next use.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is { } engine)
        {
            _engine = null;
            await engine.DisposeAsync().ConfigureAwait(false);
        }
    }
}
