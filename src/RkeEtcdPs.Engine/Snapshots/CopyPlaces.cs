using System.Collections.Concurrent;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The places of one request. A host is logged in to once, whatever is read and written there; one that cannot be reached is not tried again.</summary>
internal sealed class CopyPlaces(HostOptions options, CopyRequest request, IProgress<HostEvent> story) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RkeNode, Lazy<Task<HostStore>>> _hosts = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentDictionary<(S3Address, S3Connection), Lazy<ISnapshotStore>> _buckets = new();
    private readonly SemaphoreSlim _throttle = new(request.ThrottleLimit);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>A host, logged in to.</summary>
    public async Task<HostStore> HostAsync(SelectedNode selected, CancellationToken cancellationToken)
        => await _hosts.GetOrAdd(selected.Node, _ => new Lazy<Task<HostStore>>(() => ConnectAsync(selected))).Value.WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Where a snapshot is read from.</summary>
    /// <exception cref="EtcdSnapshotException">Its host is in no cluster that was given, or cannot be reached.</exception>
    public async Task<CopySource> SourceAsync(EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        switch (snapshot.Location)
        {
            case SnapshotLocation.Host:
                HostStore host = await HostAsync(Find(snapshot), cancellationToken).ConfigureAwait(false);
                return new CopySource(host, snapshot, async error => await host.Engine.ExplainAsync(error).ConfigureAwait(false));
            case SnapshotLocation.S3:
                return Remote(snapshot);
            default:
                FolderStore folder = new(Path.GetDirectoryName(snapshot.Path) ?? snapshot.Path);
                return new CopySource(folder, snapshot, error => Task.FromResult(SnapshotFileFailure.From(snapshot.Path, error) ?? new UnexpectedFailureException(snapshot.Path, error)));
        }
    }

    /// <summary>Where a copy is written to.</summary>
    public async Task<ICopyTarget> TargetAsync(CopyDestination destination, CopyContent content, CancellationToken cancellationToken)
    {
        switch (destination)
        {
            case HostDestination { Selected: var selected }:
                HostStore host = await HostAsync(selected, cancellationToken).ConfigureAwait(false);
                return new HostCopyTarget(new SnapshotHost(selected, host.Engine, host.Image, options), content, request, story);
            case S3Destination { Address: var address, Connection: var connection }:
                return S3CopyTarget.Open(Bucket(address, connection), content, request, story);
            default:
                return new FolderCopyTarget((FolderDestination)destination, content, request);
        }
    }

    /// <summary>A folder of a bucket; nobody is contacted yet.</summary>
    public ISnapshotStore Bucket(S3Address address, S3Connection connection)
        => _buckets.GetOrAdd((address, connection), _ => new Lazy<ISnapshotStore>(() => S3Store.Open(address, connection, story))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (Lazy<ISnapshotStore> bucket in _buckets.Values)
        {
            await bucket.Value.DisposeAsync().ConfigureAwait(false);
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (Lazy<Task<HostStore>> host in _hosts.Values)
        {
            await ((Task)host.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (host.Value.IsCompletedSuccessfully)
            {
                await (await host.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            }
        }

        _throttle.Dispose();
        _stop.Dispose();
    }

    private CopySource Remote(EtcdSnapshot snapshot)
    {
        ISnapshotStore bucket = Bucket(S3Address.FolderOf(snapshot.Path), request.SourceConnection ?? new S3Connection());
        return new CopySource(bucket, snapshot, error => Task.FromResult(S3CopyTarget.Explain(snapshot.Path, error)));
    }

    private SelectedNode Find(EtcdSnapshot snapshot)
    {
        IEnumerable<SelectedNode> nodes =
            from cluster in request.Clusters
            where snapshot.ClusterName is null || cluster.Name == snapshot.ClusterName
            from node in cluster.Nodes
            where node.Name == snapshot.Node && (snapshot.Address is null || node.Address == snapshot.Address)
            select new SelectedNode(cluster, node);
        return nodes.FirstOrDefault() ?? throw new NodeNotFoundException(
            $"The snapshot {snapshot} is on a node of cluster {snapshot.ClusterName} that no cluster.yml has which was given.", "Give that cluster's file with -ClusterConfig.");
    }

    private async Task<HostStore> ConnectAsync(SelectedNode selected)
    {
        await _throttle.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            return await HostStore.ConnectAsync(selected, options, request.ToolsImage, story, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _throttle.Release();
        }
    }
}
