using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Checks copies on hosts: their bytes, their age, whether the hosts hold the same, and whether an etcd starts from them.</summary>
/// <param name="story">Told what is done.</param>
/// <param name="time">The clock.</param>
public sealed class HostSnapshotCheck(IProgress<HostEvent> story, TimeProvider time)
{
    // How much later than now a copy may be dated.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>Checks what is asked for. A copy that is bad is a result, not a failure.</summary>
    /// <param name="hosts">The hosts that are checked.</param>
    /// <param name="others">Hosts that are only looked at, for whether their copies are the same.</param>
    /// <param name="request">What to check.</param>
    /// <param name="options">How hosts are reached.</param>
    /// <param name="toolsImage">The image to work with; null for the rke-tools image that the hosts have.</param>
    /// <param name="limits">The throttle and the time limit.</param>
    /// <param name="checks">Takes one check per copy, each as soon as it is done.</param>
    /// <param name="cancellationToken">Stops it; what was begun on the hosts is removed.</param>
    /// <returns>Why hosts, or copies on them, could not be checked.</returns>
    public async Task<IReadOnlyList<(RkeNode Node, EtcdSnapshotException Failure)>> RunAsync(
        IReadOnlyList<SelectedNode> hosts,
        IReadOnlyList<SelectedNode> others,
        CheckRequest request,
        HostOptions options,
        string? toolsImage,
        ListRequest limits,
        Action<EtcdSnapshotCheck> checks,
        CancellationToken cancellationToken = default)
    {
        await using PlaceRound round = new(story, limits with { Names = [], Verify = false });
        Dictionary<SnapshotPlace, SelectedNode> asked = hosts.ToDictionary(host => SnapshotPlace.OnHost(host, options, toolsImage));
        SnapshotPlace[] looked = [.. others.Select(host => SnapshotPlace.OnHost(host, options, toolsImage))];
        await round.ListAsync([.. asked.Keys, .. looked], cancellationToken).ConfigureAwait(false);
        EtcdSnapshot[] all = [.. round.Listings.SelectMany(listing => listing.Snapshots).Where(IsSnapshot)];
        List<(RkeNode, EtcdSnapshotException)> failures = [];
        object guard = new();
        await Task.WhenAll(round.Listings.Where(listing => asked.ContainsKey(listing.Place)).Select(async listing =>
        {
            RkeNode node = listing.Place.Node!;
            List<EtcdSnapshotException> failed = [.. listing.Failures];
            IReadOnlyList<EtcdSnapshot> copies = listing.Reached ? Choose(listing, request, failed) : [];
            if (copies.Count > 0)
            {
                EtcdSnapshotException? broken = await round.WorkAsync(
                    listing.Place,
                    request.Rehearse ? "checking and rehearsing" : "checking",
                    async (store, token) =>
                    {
                        foreach (EtcdSnapshot copy in copies)
                        {
                            try
                            {
                                checks(await CheckAsync(store, asked[listing.Place].Cluster, copy, all, request, token).ConfigureAwait(false));
                            }
                            catch (Exception error) when (PlaceRound.OfOne(copy, error) is { } failure)
                            {
                                failed.Add(failure);
                            }
                        }
                    },
                    cancellationToken).ConfigureAwait(false);
                failed.AddRange(broken is null ? [] : [broken]);
            }

            lock (guard)
            {
                failures.AddRange(failed.Select(failure => (node, failure)));
            }
        })).ConfigureAwait(false);
        return failures;
    }

    private static bool IsSnapshot(EtcdSnapshot copy) => copy.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring;

    private static IReadOnlyList<EtcdSnapshot> Choose(PlaceListing listing, CheckRequest request, List<EtcdSnapshotException> failures)
    {
        RkeNode node = listing.Place.Node!;
        if (request.Snapshots.Count > 0)
        {
            List<EtcdSnapshot> found = [];
            foreach (EtcdSnapshot given in request.Snapshots.Where(copy => copy.Node == node.Name && copy.ClusterName == node.ClusterName))
            {
                if (listing.Snapshots.FirstOrDefault(copy => copy.Path == given.Path) is { } now)
                {
                    found.Add(now);
                }
                else
                {
                    failures.Add(new SnapshotNotFoundException(given.ToString(), "it is not there any more") { Node = node.Name });
                }
            }

            return found;
        }

        EtcdSnapshot[] good = [.. listing.Snapshots.Where(IsSnapshot)];
        if (request.Names.Count == 0)
        {
            if (good.Length == 0)
            {
                failures.Add(new SnapshotNotFoundException($"{node.Name}:{SnapshotFolder.Path}", "the host has no snapshot at all") { Node = node.Name });
            }

            return good.TakeLast(1).ToArray();
        }

        // What is named exactly is checked whatever it looks like; a wildcard stands for snapshots.
        EtcdSnapshot[] named = [.. listing.Snapshots.Where(copy => request.Names.Any(name => Matches(copy, name)))];
        foreach (string name in request.Names.Where(name => !named.Any(copy => Matches(copy, name))))
        {
            failures.Add(new SnapshotNotFoundException($"{node.Name}:{SnapshotFolder.Path}/{name}", "nothing there has such a name") { Node = node.Name });
        }

        return named;
    }

    private static bool Matches(EtcdSnapshot copy, string name) => NamePattern.HasWildcard(name)
        ? IsSnapshot(copy) && NamePattern.Matches(name, copy.Name)
        : copy.Kind != SnapshotKind.Unfinished && (copy.Name == name || copy.Path == $"{SnapshotFolder.Path}/{name}");

    private async Task<EtcdSnapshotCheck> CheckAsync(
        ISnapshotStore store, RkeCluster cluster, EtcdSnapshot copy, IReadOnlyList<EtcdSnapshot> all, CheckRequest request, CancellationToken cancellationToken)
    {
        EtcdSnapshotCheck check = await new SnapshotProof(store, story, whole: true).RunAsync(copy, cancellationToken).ConfigureAwait(false);
        List<EtcdSnapshotException> failures = [];
        TimeSpan age = time.GetUtcNow().UtcDateTime - copy.CreatedAt;
        if (request.MaxAge is { } limit && (age > limit || age < -ClockSkew))
        {
            failures.Add(new SnapshotTooOldException(copy, age, limit));
        }

        EtcdSnapshot[] same = [.. all.Where(other => other.ClusterName == copy.ClusterName && other.Name == copy.Name && other.IsZip == copy.IsZip)];
        bool? identical = same.Length < 2 || same.Any(other => other.ContentHash is null) ? null : same.All(other => other.ContentHash == copy.ContentHash);
        if (request.Identical && identical != true)
        {
            failures.Add(SnapshotMismatchException.AmongHosts(copy, same));
        }

        // What is damaged is identical to none, whatever its trailer says.
        check = check with { Age = age, IsIdentical = check.Integrity == SnapshotIntegrity.Corrupt ? false : identical };
        if (request.Rehearse)
        {
            try
            {
                (long revision, long keys) = await new Rehearsal((HostStore)store, cluster).RunAsync(copy, cancellationToken).ConfigureAwait(false);
                bool right = check.Revision is not { } expected || expected == revision || (expected == 0 && revision <= 1);
                failures.AddRange(right ? [] : [new RehearsalFailedException(copy, $"it holds revision {check.Revision} and its etcd answered with {revision}")]);
                check = check with { Rehearsed = right, RehearsedRevision = revision, RehearsedKeyCount = keys };
            }
            catch (EtcdSnapshotException failure) when (failure is RehearsalFailedException or Docker.NotEnoughDiskException or Docker.ImageMissingException)
            {
                failures.Add(failure);
                check = check with { Rehearsed = failure is RehearsalFailedException ? false : null };
            }
        }

        return check with { Failures = failures, Passed = check.Integrity == SnapshotIntegrity.Sound && failures.Count == 0 };
    }
}
