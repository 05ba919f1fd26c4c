using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Lists what lies in many places at once, and says which copies are the same.</summary>
/// <param name="story">Told what is done.</param>
public sealed class SnapshotListing(IProgress<HostEvent> story)
{
    /// <summary>Lists the places.</summary>
    /// <param name="places">The places.</param>
    /// <param name="request">What to list.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One listing per place, in their order, when all have answered or failed: only then is it known which copies are the same.</returns>
    public async Task<IReadOnlyList<PlaceListing>> RunAsync(
        IReadOnlyList<SnapshotPlace> places, ListRequest request, CancellationToken cancellationToken = default)
    {
        await using PlaceRound round = new(story, request);
        await round.ListAsync(places, cancellationToken).ConfigureAwait(false);
        if (request.Verify)
        {
            await round.VerifyAsync(cancellationToken).ConfigureAwait(false);
        }

        return MarkIdentical(round.Listings);
    }

    /// <summary>Fills in <see cref="EtcdSnapshot.Identical"/>.</summary>
    internal static IReadOnlyList<PlaceListing> MarkIdentical(IReadOnlyList<PlaceListing> listings)
    {
        Dictionary<string, List<EtcdSnapshot>> copies = listings.SelectMany(listing => listing.Snapshots)
            .Where(snapshot => snapshot.ContentHash is not null)
            .GroupBy(snapshot => snapshot.ContentHash!, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.ToList(), StringComparer.Ordinal);
        return [.. listings.Select(listing => listing with { Snapshots = [.. listing.Snapshots.Select(Mark)] })];

        EtcdSnapshot Mark(EtcdSnapshot snapshot) => snapshot.ContentHash is { } hash && copies[hash] is { Count: > 1 } same
            ? snapshot with { Identical = [.. same.Where(other => !ReferenceEquals(other, snapshot)).Select(other => other.ToString())] }
            : snapshot;
    }
}
