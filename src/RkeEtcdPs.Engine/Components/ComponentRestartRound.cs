using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.Components;

/// <summary>One call of <see cref="ComponentRestarter"/>: every cluster tier by tier, the hosts of a tier in parallel.</summary>
internal sealed class ComponentRestartRound(
    HostOptions options, IProgress<HostEvent> story, ComponentRestartRequest request, ChannelWriter<Outcome<ComponentRestart>> outcomes) : IAsyncDisposable
{
    private readonly SemaphoreSlim _throttle = new(request.ThrottleLimit);
    private readonly RestoreWatch _watch = new(options, story, request.ThrottleLimit);
    private readonly ConcurrentDictionary<SelectedNode, Stopwatch> _clocks = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<SelectedNode, HostComponents> _connected = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<(RkeNode Node, ComponentTier Tier), bool> _begun = new();

    public async Task RunAsync(IReadOnlyList<SelectedNode> nodes, CancellationToken cancellationToken)
    {
        // All hosts first: what cannot be reached is known before anything restarts.
        await Task.WhenAll(nodes.Select(node => AttemptAsync(node, token => ConnectAsync(node, token), cancellationToken))).ConfigureAwait(false);
        await Task.WhenAll(nodes.GroupBy(node => node.Cluster, ReferenceEqualityComparer.Instance).Select(cluster => RunClusterAsync([.. cluster], cancellationToken)))
            .ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_connected.Values.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        _throttle.Dispose();
    }

    private async Task RunClusterAsync(IReadOnlyList<SelectedNode> nodes, CancellationToken cancellationToken)
    {
        ComponentTier[] done = [ComponentTier.ApiServer, ComponentTier.ControlPlane];
        string? stop = request.Rolling
            ? await RollAsync(nodes, cancellationToken).ConfigureAwait(false)
            : await RunControlPlaneAsync(nodes, cancellationToken).ConfigureAwait(false);
        if (stop is not null)
        {
            StopRest(nodes, stop);
            return;
        }

        foreach (ComponentTier tier in Enum.GetValues<ComponentTier>().Except(done))
        {
            await RunTierAsync(nodes, tier, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Why the rest is not to be restarted; null when it is.</returns>
    private async Task<string?> RunControlPlaneAsync(IReadOnlyList<SelectedNode> nodes, CancellationToken cancellationToken)
    {
        SelectedNode[] servers = [.. nodes.Where(node => request.Has(node.Node, ComponentTier.ApiServer))];
        if (await FindRestoreAsync(nodes, servers, cancellationToken).ConfigureAwait(false) is { } restore)
        {
            return restore;
        }

        if (servers.Length > 0 && !(await RunTierAsync(servers, ComponentTier.ApiServer, cancellationToken).ConfigureAwait(false)).Contains(true))
        {
            return "no kube-apiserver came back, and through it they all watch";
        }

        await RunTierAsync(nodes, ComponentTier.ControlPlane, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private async Task<string?> RollAsync(IReadOnlyList<SelectedNode> nodes, CancellationToken cancellationToken)
    {
        ComponentTier[] tiers = [ComponentTier.ApiServer, ComponentTier.ControlPlane];
        SelectedNode[] servers = [.. nodes.Where(node => request.Has(node.Node, ComponentTier.ApiServer))];
        foreach (SelectedNode node in nodes.Where(node => tiers.Any(tier => request.Has(node.Node, tier))))
        {
            // Each time: a restore may have begun while the one before came up.
            if (await FindRestoreAsync(nodes, servers.SkipWhile(server => _begun.ContainsKey((server.Node, ComponentTier.ApiServer))), cancellationToken).ConfigureAwait(false) is { } restore)
            {
                return restore;
            }

            foreach (ComponentTier tier in tiers)
            {
                if (!(await RunTierAsync([node], tier, cancellationToken).ConfigureAwait(false))[0])
                {
                    return $"the control plane of {node.Node.Name} did not come back, and -Rolling takes one only when the one before is up";
                }
            }
        }

        return null;
    }

    /// <summary>Looks for a restore on all etcd hosts of the cluster, chosen or not, before an API server restarts: clients would write into data that is about to be replaced.</summary>
    /// <returns>Why nothing of the cluster is to be restarted; each of the API servers has its failure then.</returns>
    private async Task<string?> FindRestoreAsync(IReadOnlyList<SelectedNode> nodes, IEnumerable<SelectedNode> servers, CancellationToken cancellationToken)
    {
        SelectedNode[] waiting = [.. servers.Where(_connected.ContainsKey)];
        if (waiting.Length == 0)
        {
            return null;
        }

        RestoreWork?[] found = await Task.WhenAll(nodes[0].Cluster.EtcdNodes.Select(node => nodes.FirstOrDefault(one => ReferenceEquals(one.Node, node)) is { } chosen
            ? FindRestoreAsync(chosen, cancellationToken)
            : _watch.FindAsync(node, cancellationToken))).ConfigureAwait(false);
        if (found.FirstOrDefault(restore => restore is not null) is not { } restore)
        {
            return null;
        }

        foreach (SelectedNode server in waiting.Where(_connected.ContainsKey))
        {
            _begun[(server.Node, ComponentTier.ApiServer)] = true;
            outcomes.TryWrite(new Outcome<ComponentRestart>(server.Node, new ComponentRestartNotSafeException(server.Node, restore)));
        }

        return $"a restore is at work on {restore.Node.Name}, or was cut off there";
    }

    // A host that is lost meanwhile has its failure, and nothing is restarted there.
    private async Task<RestoreWork?> FindRestoreAsync(SelectedNode node, CancellationToken cancellationToken)
    {
        RestoreWork? restore = null;
        if (_connected.TryGetValue(node, out HostComponents? host)
            && !await AttemptAsync(node, async token => restore = await host.FindRestoreAsync(token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false))
        {
            await LoseAsync(node).ConfigureAwait(false);
        }

        return restore;
    }

    private async Task LoseAsync(SelectedNode node)
    {
        if (_connected.TryRemove(node, out HostComponents? host))
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <returns>For each node whether nothing of it failed; a lost host has failed.</returns>
    private Task<bool[]> RunTierAsync(IReadOnlyList<SelectedNode> nodes, ComponentTier tier, CancellationToken cancellationToken)
        => Task.WhenAll(nodes.Select(async node =>
        {
            if (!_connected.TryGetValue(node, out HostComponents? host))
            {
                return false;
            }

            if (!request.Has(node.Node, tier))
            {
                return true;
            }

            _begun[(node.Node, tier)] = true;
            bool whole = true;
            bool reached = await AttemptAsync(node, async token => whole = await host.RestartAsync(tier, Succeed, Fail, token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
            if (!reached)
            {
                await LoseAsync(node).ConfigureAwait(false);
            }

            return reached && whole;

            void Succeed(ComponentRestart restart) => outcomes.TryWrite(new Outcome<ComponentRestart>(node.Node, restart));
            void Fail(ComponentUnhealthyException failure) => outcomes.TryWrite(new Outcome<ComponentRestart>(node.Node, failure));
        }));

    private void StopRest(IReadOnlyList<SelectedNode> nodes, string cause)
    {
        foreach (SelectedNode node in nodes.Where(_connected.ContainsKey))
        {
            string[] rest = [.. request.ComponentsOn(node.Node).Where(name => !_begun.ContainsKey((node.Node, ComponentRestartRequest.TierOf(name))))];
            if (rest.Length > 0)
            {
                outcomes.TryWrite(new Outcome<ComponentRestart>(node.Node, new ComponentRestartStoppedException(node.Node, rest, cause)));
            }
        }
    }

    private async Task ConnectAsync(SelectedNode node, CancellationToken cancellationToken)
        => _connected[node] = await HostComponents.ConnectAsync(node, request, options, story, cancellationToken).ConfigureAwait(false);

    /// <summary>Does something for one host under the throttle and the host's time limit. A failure becomes an outcome of the host.</summary>
    /// <returns>False when it failed.</returns>
    private async Task<bool> AttemptAsync(SelectedNode node, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await _throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        // What counts is the work on the host, not the wait for its turn or for other hosts.
        Stopwatch clock = _clocks.GetOrAdd(node, _ => new Stopwatch());
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Left(clock));
        EtcdSnapshotException failure;
        try
        {
            clock.Start();
            await work(limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            failure = new TimedOutException(node.Node, "The restart of components", request.Timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec. What was being restarted was started again.");
        }
        catch (EtcdSnapshotException error)
        {
            failure = error;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            // Of this host alone.
            failure = new UnexpectedFailureException(node.Node.Name, defect);
        }
        finally
        {
            clock.Stop();
            _throttle.Release();
        }

        outcomes.TryWrite(new Outcome<ComponentRestart>(node.Node, failure));
        return false;
    }

    private TimeSpan Left(Stopwatch clock) => request.Timeout switch
    {
        null => Timeout.InfiniteTimeSpan,
        { } whole when whole > clock.Elapsed => whole - clock.Elapsed,
        _ => TimeSpan.Zero,
    };
}
