using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Places that are logged in to once, listed, and then worked on. One place's failure is its own.</summary>
internal sealed class PlaceRound(IProgress<HostEvent> story, ListRequest request) : IAsyncDisposable
{
    private const string Activity = "Snapshots";

    private readonly SemaphoreSlim _throttle = new(request.ThrottleLimit);
    private OpenPlace[] _open = [];

    /// <summary>What is known of each place, in their order.</summary>
    public IReadOnlyList<PlaceListing> Listings => [.. _open.Select(place => place.Listing)];

    /// <summary>Logs in to the places and lists them.</summary>
    public async Task ListAsync(IReadOnlyList<SnapshotPlace> places, CancellationToken cancellationToken)
    {
        _open = [.. places.Select(place => new OpenPlace(place))];
        await Task.WhenAll(_open.Select(place => AttemptAsync(place, "listing", token => ListAsync(place, token), cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>Proves every snapshot that was listed.</summary>
    public Task VerifyAsync(CancellationToken cancellationToken)
        => Task.WhenAll(_open.Where(place => place.Store is not null).Select(place => AttemptAsync(
            place,
            "verifying",
            async token =>
            {
                SnapshotProof proof = new(place.Store!, story);
                for (int index = 0; index < place.Snapshots.Count; index++)
                {
                    EtcdSnapshot snapshot = place.Snapshots[index];
                    if (snapshot.Kind is not (SnapshotKind.OneTime or SnapshotKind.Recurring))
                    {
                        continue;
                    }

                    try
                    {
                        EtcdSnapshotCheck check = await proof.RunAsync(snapshot, token).ConfigureAwait(false);
                        place.Snapshots[index] = SnapshotProof.Apply(snapshot, check);
                        place.Failures.AddRange(check.Faults.Take(1));
                    }
                    catch (Exception error) when (OfOne(snapshot, error) is { } failure)
                    {
                        place.Failures.Add(failure);
                    }
                }
            },
            cancellationToken)));

    /// <summary>Proves one copy that was listed.</summary>
    /// <exception cref="EtcdSnapshotException">It cannot be read.</exception>
    public async Task<EtcdSnapshotCheck> ProveAsync(SnapshotPlace place, EtcdSnapshot snapshot, CancellationToken cancellationToken)
    {
        EtcdSnapshotCheck? check = null;
        EtcdSnapshotException? failure = await WorkAsync(
            place, "verifying", async (store, token) => check = await new SnapshotProof(store, story).RunAsync(snapshot, token).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        return check ?? throw failure!;
    }

    /// <summary>The failure when it is that of one snapshot, and the next in the same place may do; null when it is of the place itself.</summary>
    public static EtcdSnapshotException? OfOne(EtcdSnapshot snapshot, Exception error) => error switch
    {
        OperationCanceledException => null,
        NodeUnreachableException or AuthenticationFailedException or DockerUnavailableException or DockerAccessDeniedException or StoreUnavailableException => null,
        EtcdSnapshotException failure => failure,
        _ => SnapshotFileFailure.From(snapshot.ToString(), error) ?? new UnexpectedFailureException(snapshot.ToString(), error),
    };

    /// <summary>Does more in a place under the throttle and the place's limit.</summary>
    /// <returns>Why it failed; null when it did not.</returns>
    public async Task<EtcdSnapshotException?> WorkAsync(SnapshotPlace place, string step, Func<ISnapshotStore, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        OpenPlace open = Find(place);
        int before = open.Failures.Count;
        await AttemptAsync(open, step, token => work(open.Store!, token), cancellationToken).ConfigureAwait(false);
        return open.Failures.Skip(before).FirstOrDefault();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_open.Where(place => place.Store is not null).Select(place => place.Store!.DisposeAsync().AsTask())).ConfigureAwait(false);
        _throttle.Dispose();
    }

    private OpenPlace Find(SnapshotPlace place) => _open.First(open => ReferenceEquals(open.Place, place));

    private async Task ListAsync(OpenPlace place, CancellationToken cancellationToken)
    {
        place.Store = await place.Place.OpenAsync(story, cancellationToken).ConfigureAwait(false);
        try
        {
            await foreach (EtcdSnapshot snapshot in place.Store.ListAsync(request.Names, cancellationToken).ConfigureAwait(false))
            {
                place.Snapshots.Add(snapshot);
            }

            place.Reached = true;
        }
        finally
        {
            place.Snapshots.Sort((one, other) => (one.CreatedAt, one.Path).CompareTo((other.CreatedAt, other.Path)));
        }
    }

    private async Task AttemptAsync(OpenPlace place, string step, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await _throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout ?? Timeout.InfiniteTimeSpan);
        story.Report(new HostProgress(place.Place.Name, Activity, step) { Host = place.Place.Node });
        try
        {
            await work(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            RkeNode? node = place.Place.Node;
            place.Failures.Add(node is null
                ? new StoreUnavailableException(place.Place.Name, new IOException("it did not answer in time"))
                : new TimedOutException(node, $"The {step}", request.Timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec."));
        }
        catch (EtcdSnapshotException failure)
        {
            place.Failures.Add(failure);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            place.Failures.Add(new UnexpectedFailureException(place.Place.Name, defect));
        }
        finally
        {
            story.Report(new HostProgress(place.Place.Name, Activity, "done", Completed: true) { Host = place.Place.Node });
            _throttle.Release();
        }
    }

    private sealed class OpenPlace(SnapshotPlace place)
    {
        public SnapshotPlace Place { get; } = place;

        public ISnapshotStore? Store { get; set; }

        public bool Reached { get; set; }

        public List<EtcdSnapshot> Snapshots { get; } = [];

        public List<EtcdSnapshotException> Failures { get; } = [];

        public PlaceListing Listing => new(Place, [.. Snapshots], [.. Failures], Reached);
    }
}
