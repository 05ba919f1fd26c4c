using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Removes copies. Everything is looked at before anything is removed, and each once more in the moment it is.</summary>
/// <param name="story">Told what is done.</param>
public sealed class SnapshotRemoval(IProgress<HostEvent> story)
{
    /// <summary>Removes what is asked for.</summary>
    /// <param name="places">All places that can be seen: those to remove from, and those that may hold other copies.</param>
    /// <param name="request">What to remove.</param>
    /// <param name="options">The throttle and the time limit.</param>
    /// <param name="ask">Is asked for each copy whether it may be removed.</param>
    /// <param name="done">Is told of each copy with why it was not removed; null when it was.</param>
    /// <param name="cancellationToken">Stops it between two files.</param>
    /// <returns>Why places, or names in them, could not be worked on at all, with the place.</returns>
    /// <exception cref="SnapshotNameInvalidException">A name is none, or has wildcards; nothing was contacted.</exception>
    /// <exception cref="RemovalNotSafeException">The last verified copy of the newest snapshot is among them; nothing was removed.</exception>
    public async Task<IReadOnlyList<(SnapshotPlace Place, EtcdSnapshotException Failure)>> RunAsync(
        IReadOnlyList<SnapshotPlace> places,
        RemoveRequest request,
        ListRequest options,
        Func<EtcdSnapshot, Task<bool>> ask,
        Action<EtcdSnapshot, EtcdSnapshotException?> done,
        CancellationToken cancellationToken = default)
    {
        request.Validate();
        await using PlaceRound round = new(story, options with { Names = [], Verify = false });
        await round.ListAsync(places, cancellationToken).ConfigureAwait(false);
        List<(SnapshotPlace, EtcdSnapshotException)> failures = [];
        List<(SnapshotPlace Place, EtcdSnapshot Copy)> chosen = [];
        foreach (PlaceListing listing in round.Listings)
        {
            Choose(listing, request, chosen, failures);
        }

        if (!request.Force)
        {
            await new RemovalGuard(round).RunAsync(Doomed(round.Listings, chosen), cancellationToken).ConfigureAwait(false);
        }

        List<(SnapshotPlace Place, EtcdSnapshot Copy)> allowed = [];
        foreach ((SnapshotPlace place, EtcdSnapshot copy) in chosen)
        {
            if (await ask(copy).ConfigureAwait(false))
            {
                allowed.Add((place, copy));
            }
        }

        await Task.WhenAll(allowed.GroupBy(item => item.Place).Select(async group =>
        {
            EtcdSnapshot[] copies = [.. group.Select(item => item.Copy)];
            HashSet<EtcdSnapshot> told = new(ReferenceEqualityComparer.Instance);
            EtcdSnapshotException? failure = await round.WorkAsync(
                group.Key, "removing", (store, token) => RemoveAsync(store, copies, Tell, token), cancellationToken).ConfigureAwait(false);
            foreach (EtcdSnapshot left in copies.Where(copy => failure is not null && !told.Contains(copy)))
            {
                Tell(left, failure);
            }

            void Tell(EtcdSnapshot copy, EtcdSnapshotException? why)
            {
                lock (told)
                {
                    told.Add(copy);
                    done(copy, why);
                }
            }
        })).ConfigureAwait(false);
        return failures;
    }

    /// <summary>Whether a copy lies in one of the places.</summary>
    public static bool IsInAny(IEnumerable<SnapshotPlace> places, EtcdSnapshot snapshot) => places.Any(place => IsIn(place, snapshot));

    private static void Choose(
        PlaceListing listing, RemoveRequest request, List<(SnapshotPlace, EtcdSnapshot)> chosen, List<(SnapshotPlace, EtcdSnapshotException)> failures)
    {
        SnapshotPlace place = listing.Place;
        EtcdSnapshot[] named = [.. request.Snapshots.Where(snapshot => IsIn(place, snapshot))];
        bool byName = request.Places.Contains(place);
        string[] files = place.Node is null ? [.. request.Paths.Where(path => Path.GetDirectoryName(path) == place.Name)] : [];
        if (byName || named.Length > 0 || files.Length > 0)
        {
            failures.AddRange(listing.Failures.Select(failure => (place, failure)));
        }

        if (!listing.Reached)
        {
            return;
        }

        HashSet<string> paths = new(StringComparer.Ordinal);
        foreach (EtcdSnapshot given in named.Where(snapshot => paths.Add(snapshot.Path)))
        {
            EtcdSnapshot? now = listing.Snapshots.FirstOrDefault(copy => copy.Path == given.Path);
            EtcdSnapshotException? failure = now is null ? new SnapshotNotFoundException(given.ToString(), "it is not there any more") { Node = given.Node }
                : !IsUnchanged(given, now) ? SnapshotNotRemovedException.Changed(given)
                : now.Kind == SnapshotKind.Foreign && !request.Force ? SnapshotNotRemovedException.Foreign(given) : null;
            if (failure is null)
            {
                chosen.Add((place, now!));
            }
            else
            {
                failures.Add((place, failure));
            }
        }

        foreach (string path in files.Where(paths.Add))
        {
            EtcdSnapshot? copy = listing.Snapshots.FirstOrDefault(found => found.Path == path);
            if (copy is null)
            {
                failures.Add((place, new SnapshotNotFoundException(path, Directory.Exists(path) ? "it is a folder" : "nothing is there")));
            }
            else
            {
                chosen.Add((place, copy));
            }
        }

        foreach (string name in byName ? request.Names.Distinct(StringComparer.Ordinal) : [])
        {
            EtcdSnapshot? copy = listing.Snapshots.FirstOrDefault(found => FileName(found) == name)
                ?? listing.Snapshots.FirstOrDefault(found => found is { IsZip: true, Kind: SnapshotKind.OneTime or SnapshotKind.Recurring } && found.Name == name);
            if (copy is null)
            {
                string path = place.Node is null ? Path.Combine(place.Name, name) : $"{place.Name}:{SnapshotFolder.Path}/{name}";
                failures.Add((place, new SnapshotNotFoundException(path, "nothing of exactly that name is there") { Node = place.Node?.Name }));
            }
            else if (paths.Add(copy.Path))
            {
                chosen.Add((place, copy));
            }
        }

        if (request.Unfinished && byName)
        {
            chosen.AddRange(listing.Snapshots.Where(copy => copy.Kind is SnapshotKind.Unfinished or SnapshotKind.Empty && paths.Add(copy.Path)).Select(copy => (place, copy)));
        }
    }

    /// <summary>What would be gone: what was chosen, and the same files under other spellings of their folders, which would seem to be copies that stay.</summary>
    private static HashSet<EtcdSnapshot> Doomed(IReadOnlyList<PlaceListing> listings, List<(SnapshotPlace Place, EtcdSnapshot Copy)> chosen)
    {
        Dictionary<SnapshotPlace, string> folders = listings.Select(listing => listing.Place).Where(place => place.IsFolder).ToDictionary(place => place, place => RealFolder.Of(place.Name));
        HashSet<string> files = new(chosen.Where(item => item.Place.IsFolder).Select(item => FileOf(item.Place, item.Copy)), RealFolder.Comparer);
        IEnumerable<EtcdSnapshot> same = listings.Where(listing => listing.Place.IsFolder)
            .SelectMany(listing => listing.Snapshots.Where(copy => files.Contains(FileOf(listing.Place, copy))));
        return chosen.Select(item => item.Copy).Concat(same).ToHashSet<EtcdSnapshot>(ReferenceEqualityComparer.Instance);

        string FileOf(SnapshotPlace place, EtcdSnapshot copy) => Path.Combine(folders[place], Path.GetFileName(copy.Path));
    }

    private static bool IsIn(SnapshotPlace place, EtcdSnapshot snapshot) => place.Node is { } node
        ? snapshot.Location == SnapshotLocation.Host && (snapshot.Node, snapshot.Address, snapshot.ClusterName) == (node.Name, node.Address, node.ClusterName)
        : place.Address is { } address ? snapshot.Location == SnapshotLocation.S3 && S3Address.FolderOf(snapshot.Path) == address
        : snapshot.Location == SnapshotLocation.File && Path.GetDirectoryName(snapshot.Path) == place.Name;

    // What Save-EtcdSnapshot gave has no time of the file, and what was verified may have the hash of what is in a zip.
    private static bool IsUnchanged(EtcdSnapshot given, EtcdSnapshot now)
        => given.Size == now.Size
            && (given.ModifiedAt is null || given.ModifiedAt == now.ModifiedAt)
            && (given.ContentHash == now.ContentHash || now.IsZip);

    private static string FileName(EtcdSnapshot copy) => copy.Location != SnapshotLocation.File
        ? copy.Path[(copy.Path.LastIndexOf('/') + 1)..]
        : Path.GetFileName(copy.Path);

    private static async Task RemoveAsync(
        ISnapshotStore store, IReadOnlyList<EtcdSnapshot> copies, Action<EtcdSnapshot, EtcdSnapshotException?> tell, CancellationToken cancellationToken)
    {
        if (store is HostStore host)
        {
            await foreach ((EtcdSnapshot copy, EtcdSnapshotException? failure) in host.RemoveAsync(copies, cancellationToken).ConfigureAwait(false))
            {
                tell(copy, failure);
            }

            return;
        }

        foreach (EtcdSnapshot copy in copies)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await store.RemoveAsync(copy, cancellationToken).ConfigureAwait(false);
                tell(copy, null);
            }
            catch (EtcdSnapshotException failure)
            {
                tell(copy, failure);
            }
        }
    }
}
