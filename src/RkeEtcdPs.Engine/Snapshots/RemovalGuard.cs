using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Keeps the last verified copy of the newest snapshot of each cluster, and of each folder, from being removed.</summary>
/// <remarks>
/// It goes by what this command itself has listed, in all the places that it can see; a place that did not answer counts as holding nothing. A copy
/// that would stay is believed only after it has been read to its end.
/// </remarks>
internal sealed class RemovalGuard(PlaceRound round)
{
    // How much later than this machine's clock one may be dated and still be of the present.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly Dictionary<EtcdSnapshot, bool> _sound = new(ReferenceEqualityComparer.Instance);

    /// <summary>Looks at what would be left.</summary>
    /// <param name="doomed">What is to be removed, of what was listed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="RemovalNotSafeException">It is not enough.</exception>
    public async Task RunAsync(IReadOnlySet<EtcdSnapshot> doomed, CancellationToken cancellationToken)
    {
        (SnapshotPlace Place, EtcdSnapshot Copy)[] good =
            [.. round.Listings.SelectMany(listing => listing.Snapshots.Where(IsGood).Select(copy => (listing.Place, copy)))];
        DateTime latest = DateTime.UtcNow + ClockSkew;
        // In a bucket there may be those of several clusters, which their metadata names.
        foreach (var owner in good.GroupBy(item => item.Place.Owner, ReferenceEqualityComparer.Instance).SelectMany(place => place.GroupBy(item => item.Copy.ClusterName)))
        {
            (SnapshotPlace Place, EtcdSnapshot Copy)[] all = [.. owner];
            await GuardAsync(all, good, doomed, cancellationToken).ConfigureAwait(false);
            // A clock was wrong where one is dated later: it is no replacement of what is newest today.
            (SnapshotPlace Place, EtcdSnapshot Copy)[] dated = [.. all.Where(item => item.Copy.CreatedAt <= latest)];
            if (dated.Length > 0 && dated.Length < all.Length)
            {
                await GuardAsync(dated, good, doomed, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sees that a sound copy of the newest one stays, or of a newer one than those that go.</summary>
    private async Task GuardAsync(
        IReadOnlyList<(SnapshotPlace Place, EtcdSnapshot Copy)> copies, IReadOnlyList<(SnapshotPlace Place, EtcdSnapshot Copy)> good, IReadOnlySet<EtcdSnapshot> doomed, CancellationToken cancellationToken)
    {
        EtcdSnapshot newest = copies.Select(item => item.Copy).MaxBy(copy => copy.CreatedAt)!;
        EtcdSnapshot[] going = [.. copies.Select(item => item.Copy).Where(copy => IsOf(copy, newest) && doomed.Contains(copy))];
        if (going.Length == 0)
        {
            await GuardOlderAsync(copies, doomed, cancellationToken).ConfigureAwait(false);
            return;
        }

        // Copies of the same bytes count wherever they are, those of the same name only of the same cluster.
        (SnapshotPlace Place, EtcdSnapshot Copy)[] staying =
            [.. good.Where(item => !doomed.Contains(item.Copy) && (IsSame(item.Copy, newest) || (copies.Contains(item) && IsOf(item.Copy, newest))))];
        if (!await AnyIsSoundAsync(staying, cancellationToken).ConfigureAwait(false))
        {
            throw new RemovalNotSafeException(going, staying.Length == 0
                ? "no other copy of it can be seen"
                : $"none of the copies that would be left could be verified ({string.Join(", ", staying.Select(item => item.Copy))})");
        }
    }

    /// <summary>Sees that of the newer ones that stay when older ones go, one at least is sound: what is newest need not be whole.</summary>
    private async Task GuardOlderAsync(IReadOnlyList<(SnapshotPlace Place, EtcdSnapshot Copy)> copies, IReadOnlySet<EtcdSnapshot> doomed, CancellationToken cancellationToken)
    {
        EtcdSnapshot[] going = [.. copies.Select(item => item.Copy).Where(doomed.Contains)];
        if (going.Length == 0)
        {
            return;
        }

        // One that is older than all that go is no replacement of them.
        EtcdSnapshot last = going.MaxBy(copy => copy.CreatedAt)!;
        var staying = copies.Where(item => !doomed.Contains(item.Copy) && (item.Copy.CreatedAt >= last.CreatedAt || IsSame(item.Copy, last)))
            .OrderByDescending(item => item.Copy.CreatedAt);
        if (!await AnyIsSoundAsync(staying, cancellationToken).ConfigureAwait(false))
        {
            throw new RemovalNotSafeException(going, "none of the newer snapshots that would be left could be verified");
        }
    }

    // A zip is one until it has been read.
    private static bool IsGood(EtcdSnapshot copy)
        => copy.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring && (copy.ContentHash is not null || copy.IsZip);

    private static bool IsOf(EtcdSnapshot copy, EtcdSnapshot newest) => IsSame(copy, newest) || copy.Name == newest.Name;

    private static bool IsSame(EtcdSnapshot copy, EtcdSnapshot newest) => newest.ContentHash is not null && copy.ContentHash == newest.ContentHash;

    private async Task<bool> AnyIsSoundAsync(IEnumerable<(SnapshotPlace Place, EtcdSnapshot Copy)> copies, CancellationToken cancellationToken)
    {
        foreach ((SnapshotPlace place, EtcdSnapshot copy) in copies)
        {
            if (!_sound.TryGetValue(copy, out bool sound))
            {
                _sound[copy] = sound = await IsSoundAsync(place, copy, cancellationToken).ConfigureAwait(false);
            }

            if (sound)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<bool> IsSoundAsync(SnapshotPlace place, EtcdSnapshot copy, CancellationToken cancellationToken)
    {
        try
        {
            EtcdSnapshotCheck check = await round.ProveAsync(place, copy, cancellationToken).ConfigureAwait(false);
            return check.Integrity == SnapshotIntegrity.Sound;
        }
        catch (EtcdSnapshotException)
        {
            return false; // A copy that cannot be read is none; the next one may do.
        }
    }
}
