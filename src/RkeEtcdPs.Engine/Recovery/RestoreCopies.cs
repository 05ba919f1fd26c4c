using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The copies of the snapshot that is to be restored, each proved where it lies: those on the hosts, and the one that was given.</summary>
internal sealed class RestoreCopies(RestoreSession session, RestoreFindings findings)
{
    private readonly Dictionary<RestoreHost, HostCopy> _held = [];
    private readonly List<RestoreHost> _missing = [];
    private HostCopy? _given;

    /// <summary>Those on the hosts.</summary>
    public IReadOnlyDictionary<RestoreHost, HostCopy> Held => _held;

    /// <summary>The hosts that have none.</summary>
    public IReadOnlyList<RestoreHost> Missing => _missing;

    /// <summary>The copy that counts; null when there is none.</summary>
    public HostCopy? Chosen { get; private set; }

    /// <summary>The host from which others get it; null when it was given otherwise.</summary>
    public RestoreHost? Source { get; private set; }

    private string Snapshot => session.Request.Name;

    private EtcdSnapshot? Given => session.Request.Source;

    /// <summary>Proves the copy of a host.</summary>
    public async Task VerifyAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        try
        {
            HostCopy copy = await SnapshotCopies.VerifyAsync(host, Snapshot, cancellationToken).ConfigureAwait(false);
            lock (_held)
            {
                _held[host] = copy;
            }
        }
        catch (SnapshotNotFoundException)
        {
            lock (_held)
            {
                _missing.Add(host);
            }
        }
        catch (EtcdSnapshotException failure)
        {
            findings.Add(host, failure);
        }
    }

    /// <summary>Says which copy counts, and what speaks against it.</summary>
    /// <exception cref="SnapshotNotFoundException">There is none at all.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await ProveGivenAsync(cancellationToken).ConfigureAwait(false);
        if (Given is null)
        {
            await ChooseAsync(cancellationToken).ConfigureAwait(false);
        }

        Chosen = _given ?? (Source is null ? null : _held[Source]);
        Compare();
    }

    /// <summary>Gives the copy to the hosts that have none, and proves it there.</summary>
    public async Task DistributeAsync(Hosts.HostOptions options, CancellationToken cancellationToken)
    {
        EtcdSnapshot source = Given ?? SnapshotCopies.Describe(Source!, Snapshot, Chosen!);
        await SnapshotCopies.DistributeAsync(session, options, source, _missing, cancellationToken).ConfigureAwait(false);
        await session.StepAsync(
            RestoreStep.Distribute,
            _missing,
            async (host, token) =>
            {
                HostCopy copy = await SnapshotCopies.VerifyAsync(host, Snapshot, token).ConfigureAwait(false);
                if (copy.Hash != Chosen!.Hash)
                {
                    throw new SnapshotMismatchException(host.Node, Snapshot, $"its content hashes to {copy.Hash}, and should to {Chosen.Hash}");
                }

                lock (_held)
                {
                    _held[host] = copy;
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    // It is read only where a host needs it, or where nobody could tell whether the hosts hold the same.
    private async Task ProveGivenAsync(CancellationToken cancellationToken)
    {
        if (Given is not { } given)
        {
            return;
        }

        if (_missing.Count == 0 && given.ContentHash is { } hash && _held.Values.FirstOrDefault(copy => copy.Hash == hash) is { } same)
        {
            _given = same;
            return;
        }

        try
        {
            await using ISnapshotStore store = given.Location == SnapshotLocation.S3
                ? S3Store.Open(S3Address.FolderOf(given.Path), session.Request.SourceConnection ?? new S3Connection())
                : new FolderStore(Path.GetDirectoryName(given.Path) ?? given.Path);
            // The revision too, which only a zip that is unpacked tells: the restored members are proved by it.
            EtcdSnapshotCheck check = await new SnapshotProof(store, session.Story, whole: true).RunAsync(given, cancellationToken).ConfigureAwait(false);
            if (check is not { Integrity: SnapshotIntegrity.Sound, ContentHash: { } proved, Revision: { } revision })
            {
                throw check.Faults.Count > 0 ? check.Faults[0] : new SnapshotCorruptException("it has no hash by which it could be proved").In(given.ToString());
            }

            _given = new HostCopy(check.Size, given.CreatedAt, proved, revision, check.EntryCount, given.Size, Path: null);
        }
        catch (EtcdSnapshotException failure)
        {
            findings.Add(null, failure);
        }
    }

    private static bool IsNamed(RestoreHost host, string name)
        => host.Node.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || host.Node.Address == name || host.Node.InternalAddress == name;

    private async Task ChooseAsync(CancellationToken cancellationToken)
    {
        RestoreHost[] locked = [.. session.Members.Where(host => host.Locked)];
        if (locked.Length > 0 && _missing.Count == locked.Length && _missing.Count == session.Members.Count)
        {
            throw await NotFoundAsync(locked, cancellationToken).ConfigureAwait(false);
        }

        Source = session.Request.SourceNode is { } source
            ? _held.Keys.FirstOrDefault(host => IsNamed(host, source))
            : session.Members.FirstOrDefault(_held.ContainsKey);
        // Of one that could not be looked at its own finding says why.
        if (session.Request.SourceNode is { } named && Source is null && !session.Members.Any(host => !host.Locked && IsNamed(host, named)))
        {
            findings.Add(null, "SnapshotNotFound", $"The source {session.Request.SourceNode} has no sound copy of {Snapshot}, or is no etcd host.", "Name an etcd host that has one; Get-EtcdSnapshot shows them.");
            return;
        }

        foreach (RestoreHost host in session.Request.SourceNode is null ? _missing : [])
        {
            findings.Add(host, "SnapshotNotFound", $"There is no {SnapshotFolder.Path}/{Snapshot}.", "Name with -SourceNode the host whose copy the others shall get.");
        }
    }

    private void Compare()
    {
        IEnumerable<(string Place, HostCopy Copy)> all = _held.Select(one => (one.Key.Node.Name, one.Value));
        all = _given is null ? all : all.Prepend((Given!.ToString(), _given));
        var same = all.GroupBy(one => one.Copy.Hash).ToArray();
        if (same.Length > 1)
        {
            findings.Add(null, "SnapshotMismatch",
                $"The copies of {Snapshot} differ: {string.Join("; ", same.Select(copies => $"{string.Join(", ", copies.Select(one => one.Place))} {copies.Key[..12]} (revision {copies.First().Copy.Revision})"))}.",
                "All members must be restored from the same bytes. Decide for one copy, remove the others, and name it with -SourceNode; Save-EtcdSnapshot -SingleSource avoids this.");
        }
        else if (session.Request.ContentHash is { } expected && Chosen is { } chosen && chosen.Hash != expected)
        {
            findings.Add(null, "SnapshotMismatch",
                $"{Snapshot} is not what was asked for: its content hashes to {chosen.Hash[..12]} and should to {expected[..Math.Min(12, expected.Length)]}.", "List the snapshots again, and decide for one.");
        }
    }

    private async Task<SnapshotNotFoundException> NotFoundAsync(RestoreHost[] hosts, CancellationToken cancellationToken)
    {
        HashSet<string> names = [];
        foreach (RestoreHost host in hosts)
        {
            names.UnionWith(await SnapshotCopies.ListAsync(host, cancellationToken).ConfigureAwait(false));
        }

        string[] near = [.. NearestName.FindAll(Snapshot, names).Concat(names.Order(StringComparer.Ordinal)).Distinct().Take(5)];
        return new SnapshotNotFoundException(
            Snapshot, $"it is on none of {string.Join(", ", hosts.Select(host => host.Node.Name))}, and nothing was changed",
            near.Length > 0 ? $"There are: {string.Join(", ", near)}." : "There is no snapshot on these hosts at all; copy one there first.");
    }
}
