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

        return MarkIdentical(round.Listings, request.Verify);
    }

    /// <summary>Fills in <see cref="EtcdSnapshot.Identical"/>.</summary>
    /// <param name="listings">What was found.</param>
    /// <param name="verified">True when all of it was read: then one that was found damaged is identical to none, whatever its trailer says.</param>
    internal static IReadOnlyList<PlaceListing> MarkIdentical(IReadOnlyList<PlaceListing> listings, bool verified)
    {
        Dictionary<EtcdSnapshot, IReadOnlyList<string>> others = new(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<string, EtcdSnapshot> group in listings.SelectMany(listing => listing.Snapshots)
            .Where(snapshot => snapshot.ContentHash is not null && (snapshot.Verified || !verified))
            .GroupBy(snapshot => snapshot.ContentHash!, StringComparer.Ordinal))
        {
            EtcdSnapshot[] same = [.. group];
            string[] all = [.. same.Select(snapshot => snapshot.ToString())];
            for (int index = 0; all.Length > 1 && index < all.Length; index++)
            {
                others[same[index]] = new OtherCopies(all, index);
            }
        }

        return [.. listings.Select(listing => listing with
        {
            Snapshots = [.. listing.Snapshots.Select(snapshot => others.TryGetValue(snapshot, out IReadOnlyList<string>? same) ? snapshot with { Identical = same } : snapshot)],
        })];
    }
}
