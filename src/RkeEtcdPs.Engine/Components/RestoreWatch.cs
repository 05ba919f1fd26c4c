using System.Collections.Concurrent;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.Components;

/// <summary>Looks for a restore on etcd hosts on which nothing is restarted: in a cluster with a control plane of its own, nothing on those hosts tells of it.</summary>
internal sealed class RestoreWatch(HostOptions options, IProgress<HostEvent> story, int throttleLimit) : IAsyncDisposable
{
    private readonly SemaphoreSlim _throttle = new(throttleLimit);

    // Null where there was no way to it, which is said once.
    private readonly ConcurrentDictionary<RkeNode, DockerEngine?> _engines = new(ReferenceEqualityComparer.Instance);

    /// <summary>What was found there; null also where the host cannot be reached: one that is gone for good must not keep a cluster from its components.</summary>
    public async Task<RestoreWork?> FindAsync(RkeNode node, CancellationToken cancellationToken)
    {
        await _throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_engines.TryGetValue(node, out DockerEngine? engine))
            {
                _engines[node] = null;
                _engines[node] = engine = await DockerEngine.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
            }

            return engine is null ? null : await RestoreWork.FindAsync(engine, asking: null, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            await LoseAsync(node).ConfigureAwait(false);
            story.Report(new HostWarning(node.Name, $"Whether a restore is at work there, which forbids to restart or replace kube-apiserver, is not known. {failure.Message}"));
            return null;
        }
        finally
        {
            _throttle.Release();
        }
    }

    private async Task LoseAsync(RkeNode node)
    {
        if (_engines.TryGetValue(node, out DockerEngine? engine) && engine is not null)
        {
            _engines[node] = null;
            await engine.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_engines.Values.OfType<DockerEngine>().Select(engine => engine.DisposeAsync().AsTask())).ConfigureAwait(false);
        _throttle.Dispose();
    }
}
