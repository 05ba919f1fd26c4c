using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One call of <see cref="SnapshotSave"/>: the hosts that are still in it, and the outcomes of those that are not.</summary>
internal sealed class SaveRound(HostOptions options, IProgress<HostEvent> story, SaveRequest request, ChannelWriter<Outcome<EtcdSnapshot>> outcomes)
    : IAsyncDisposable
{
    private readonly SemaphoreSlim _throttle = new(request.ThrottleLimit);
    private readonly ConcurrentBag<HostSave> _connected = [];
    private readonly ConcurrentDictionary<SelectedNode, Stopwatch> _clocks = new(ReferenceEqualityComparer.Instance);

    /// <summary>How long a host may be silent before it counts as hung.</summary>
    public TimeSpan StallLimit => request.StallLimit;

    public async Task RunAsync(IReadOnlyList<SelectedNode> nodes, CancellationToken cancellationToken)
    {
        HostSave?[] prepared = await Task.WhenAll(nodes.Select(node => AttemptAsync(node, token => PrepareAsync(node, token), cancellationToken)))
            .ConfigureAwait(false);
        List<HostSave> hosts = [.. prepared.OfType<HostSave>()];
        List<RkeNode> taken = [.. hosts.Where(host => host.NameIsTaken).Select(host => host.Node)];
        List<HostSave> folders = hosts.FindAll(host => host.NameIsOfFolder);
        if (taken.Count > 0 && !request.Replace)
        {
            throw folders.Count > 0 ? AtFolder(folders[0]) : new SnapshotExistsException(request.Name, taken, "Nothing was started on any host.");
        }

        foreach (HostSave host in folders)
        {
            hosts.Remove(host);
            Fail(host.Selected, AtFolder(host));
            await host.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(request.SingleSource
            ? hosts.GroupBy(host => host.Selected.Cluster, ReferenceEqualityComparer.Instance)
                .Select(cluster => new SingleSourceSave(this, story).RunAsync([.. cluster], cancellationToken))
            : hosts.Select(host => SaveAsync(host, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Does something for one host under the throttle and the host's time limit. A failure becomes the host's outcome.</summary>
    /// <returns>Null when it failed.</returns>
    public async Task<T?> AttemptAsync<T>(SelectedNode node, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool throttled = true)
        where T : class
    {
        try
        {
            return await LimitAsync(node, work, cancellationToken, throttled).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            Fail(node, failure);
            return null;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            // Of this host alone: the others must not lose their snapshots to it.
            Fail(node, new UnexpectedFailureException(node.Node.Name, defect));
            return null;
        }
    }

    /// <summary>Does something for one host under the throttle and the host's time limit.</summary>
    /// <exception cref="EtcdSnapshotException">It failed, or took longer than the limit.</exception>
    public async Task<T> LimitAsync<T>(SelectedNode node, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool throttled = true)
    {
        if (throttled)
        {
            await _throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        // What counts is the work on the host, not the wait for its turn or for other hosts.
        Stopwatch clock = _clocks.GetOrAdd(node, _ => new Stopwatch());
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Left(clock));
        try
        {
            clock.Start();
            return await work(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimedOutException(
                node.Node, "The save", request.Timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec, or none at all: without a limit it goes on as long as it makes progress.");
        }
        finally
        {
            clock.Stop();
            if (throttled)
            {
                _throttle.Release();
            }
        }
    }

    public void Succeed(SelectedNode node, EtcdSnapshot snapshot) => outcomes.TryWrite(new Outcome<EtcdSnapshot>(node.Node, snapshot));

    public void Fail(SelectedNode node, EtcdSnapshotException failure) => outcomes.TryWrite(new Outcome<EtcdSnapshot>(node.Node, failure));

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_connected.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
        _throttle.Dispose();
    }

    private SnapshotExistsException AtFolder(HostSave host) => SnapshotExistsException.Folder($"{SnapshotFolder.Path}/{request.Name}", host.Node.Name);

    private TimeSpan Left(Stopwatch clock) => request.Timeout switch
    {
        null => Timeout.InfiniteTimeSpan,
        { } whole when whole > clock.Elapsed => whole - clock.Elapsed,
        _ => TimeSpan.Zero,
    };

    private async Task<HostSave> PrepareAsync(SelectedNode node, CancellationToken cancellationToken)
    {
        HostSave host = await HostSave.ConnectAsync(node, request, options, story, cancellationToken).ConfigureAwait(false);
        _connected.Add(host);
        await (request.SingleSource ? host.LockToLookAsync(cancellationToken) : host.LockToSaveAsync(cancellationToken)).ConfigureAwait(false);
        return host;
    }

    private async Task SaveAsync(HostSave host, CancellationToken cancellationToken)
    {
        if (await AttemptAsync(host.Selected, host.RunAsync, cancellationToken).ConfigureAwait(false) is { } snapshot)
        {
            Succeed(host.Selected, snapshot);
        }

        await host.DisposeAsync().ConfigureAwait(false);
    }
}
