using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Copies snapshots between hosts, folders and buckets.</summary>
/// <remarks>Each snapshot is read once and written to all its places at the same time. A place that fails does the others no harm.</remarks>
public sealed class SnapshotCopy : IAsyncDisposable
{
    private readonly CopyPlaces _places;
    private readonly CopyRequest _request;
    private readonly IProgress<HostEvent> _story;

    /// <summary>Contacts nobody yet.</summary>
    public SnapshotCopy(HostOptions options, CopyRequest request, IProgress<HostEvent> story)
    {
        _request = request;
        _story = story;
        _places = new CopyPlaces(options, request, story);
    }

    /// <summary>Finds whole snapshots on hosts: of each name the content that the first host has.</summary>
    /// <param name="nodes">The hosts, in the order in which they are preferred.</param>
    /// <param name="names">Names, with wildcards.</param>
    /// <param name="failed">Is given the hosts that could not be looked at.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>For each snapshot its copies of the same content.</returns>
    /// <exception cref="SnapshotNotFoundException">There is none of a name that has no wildcards, and all hosts were looked at.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<EtcdSnapshot>>> FindAsync(
        IReadOnlyList<SelectedNode> nodes, IReadOnlyList<string> names, Action<SelectedNode, EtcdSnapshotException> failed, CancellationToken cancellationToken)
    {
        List<EtcdSnapshot>?[] lists = await Task.WhenAll(nodes.Select(async node =>
        {
            try
            {
                HostStore store = await _places.HostAsync(node, cancellationToken).ConfigureAwait(false);
                return await ListAsync(store, names, cancellationToken).ConfigureAwait(false);
            }
            catch (EtcdSnapshotException failure)
            {
                failed(node, failure);
                return null;
            }
        })).ConfigureAwait(false);
        IReadOnlyList<EtcdSnapshot> found = [.. lists.OfType<List<EtcdSnapshot>>().SelectMany(list => list)];
        if (!lists.Contains(null))
        {
            Require(found, names, nodes.Select(node => node.Node.Name));
        }

        return Choose(found);
    }

    /// <summary>Finds whole snapshots in a folder of a bucket.</summary>
    /// <exception cref="EtcdSnapshotException">It cannot be listed, or lacks one of a name that has no wildcards.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<EtcdSnapshot>>> FindAsync(
        S3Address address, S3Connection connection, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        List<EtcdSnapshot> found = await ListAsync(_places.Bucket(address, connection), names, cancellationToken).ConfigureAwait(false);
        Require(found, names, [address.ToString()]);
        return Choose(found);
    }

    /// <summary>Copies.</summary>
    /// <param name="items">Snapshots and their destinations, one after the other.</param>
    /// <param name="cancellationToken">Stops the work; what was begun is removed before the enumeration ends.</param>
    /// <returns>One outcome for each snapshot and destination, as soon as it is known.</returns>
    /// <exception cref="ResumeNotPossibleException">It was to go on where an earlier copy broke, and a place cannot do that; nothing was changed.</exception>
    public async IAsyncEnumerable<CopyOutcome> RunAsync(IReadOnlyList<CopyItem> items, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        RefuseToResume(items);
        Channel<CopyOutcome> outcomes = Channel.CreateUnbounded<CopyOutcome>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task work = WorkAsync(items, outcomes.Writer, stop.Token);
        try
        {
            await foreach (CopyOutcome outcome in outcomes.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await work.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _places.DisposeAsync();

    private static async Task<List<EtcdSnapshot>> ListAsync(ISnapshotStore store, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        List<EtcdSnapshot> found = [];
        await foreach (EtcdSnapshot snapshot in store.ListAsync(names, cancellationToken).ConfigureAwait(false))
        {
            if (IsWhole(snapshot))
            {
                found.Add(snapshot);
            }
        }

        return found;
    }

    private static bool IsWhole(EtcdSnapshot snapshot)
        => snapshot.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring && (snapshot.IsZip || snapshot.ContentHash is not null);

    private static void Require(IReadOnlyList<EtcdSnapshot> found, IReadOnlyList<string> names, IEnumerable<string> places)
    {
        if (names.FirstOrDefault(name => !NamePattern.HasWildcard(name) && !found.Any(snapshot => NamePattern.MatchesAny([name], snapshot.Name) || NamePattern.MatchesAny([name], $"{snapshot.Name}.zip"))) is { } missing)
        {
            throw SnapshotNotFoundException.Named(missing, places);
        }
    }

    private static List<IReadOnlyList<EtcdSnapshot>> Choose(IReadOnlyList<EtcdSnapshot> found) =>
        [.. from snapshot in found
            group snapshot by (snapshot.ClusterName, snapshot.Name, snapshot.IsZip) into same
            select (IReadOnlyList<EtcdSnapshot>)[.. same.Where(copy => ReferenceEquals(copy, same.First()) || (copy.ContentHash is not null && copy.ContentHash == same.First().ContentHash))]];

    private void RefuseToResume(IReadOnlyList<CopyItem> items)
    {
        foreach (CopyItem item in _request.Resume ? items : [])
        {
            bool packed = _request.Packing == SnapshotPacking.Zip || (_request.Packing == SnapshotPacking.Plain && item.Sources[0].IsZip);
            foreach (CopyDestination destination in item.Destinations)
            {
                if (destination is HostDestination)
                {
                    throw new ResumeNotPossibleException(destination.Place, "the Docker engine of a host takes a file only as a whole");
                }

                if (packed && destination is FolderDestination)
                {
                    throw new ResumeNotPossibleException(destination.Place, "what is packed or unpacked on its way is made anew from the beginning");
                }
            }
        }
    }

    private async Task WorkAsync(IReadOnlyList<CopyItem> items, ChannelWriter<CopyOutcome> outcomes, CancellationToken cancellationToken)
    {
        try
        {
            foreach (CopyItem item in items)
            {
                await new CopyRound(_places, item, _request, _story, outcomes).RunAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            outcomes.Complete();
        }
    }
}
