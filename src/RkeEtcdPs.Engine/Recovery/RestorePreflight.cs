using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at everything that can be known before the first change, on all hosts at once. Changes nothing.</summary>
internal sealed class RestorePreflight(RestoreSession session)
{
    // etcd lays out its log in files of this size before it writes them, and has two at a time.
    private const long LogBytes = 2 * 64 * 1024 * 1024;
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(5);

    private readonly List<RestoreFinding> _findings = [];
    private readonly Dictionary<RestoreHost, HostCopy> _copies = [];
    private readonly Dictionary<RestoreHost, RestoreTool> _tools = [];
    private readonly Dictionary<RestoreHost, MemberState> _states = [];
    private readonly Dictionary<RestoreHost, TimeSpan> _clocks = [];
    private readonly List<RestoreHost> _missing = [];
    private readonly HashSet<RestoreHost> _healthy = [];
    private readonly HashSet<RestoreHost> _apiServers = [];

    public IReadOnlyDictionary<RestoreHost, HostCopy> Copies => _copies;

    public IReadOnlyDictionary<RestoreHost, RestoreTool> Tools => _tools;

    /// <summary>The hosts that have no copy.</summary>
    public IReadOnlyList<RestoreHost> Missing => _missing;

    /// <summary>The hosts whose API server runs.</summary>
    public IEnumerable<string> ApiServers => _apiServers.Select(host => host.Node.Name);

    /// <summary>True when the cluster serves now.</summary>
    public bool Served => _healthy.Count > 0;

    /// <summary>The id of the cluster as it is; empty when no member tells.</summary>
    public string ClusterId => _states.Values.FirstOrDefault()?.ClusterId ?? "";

    /// <summary>The unfinished restore to go on with; null when there is none.</summary>
    public RestoreRecord? Resumed { get; private set; }

    /// <summary>The host whose copy counts.</summary>
    public RestoreHost? Source { get; private set; }

    private string Snapshot => session.Request.Name;

    /// <exception cref="SnapshotNotFoundException">No host has it.</exception>
    public async Task<RestorePlan> RunAsync(CancellationToken cancellationToken)
    {
        CheckSelection();
        await new SessionOpening(session, _findings).RunAsync(cancellationToken).ConfigureAwait(false);
        FindResumable();
        await InspectAsync(cancellationToken).ConfigureAwait(false);
        if (Resumed is null)
        {
            await CheckCopiesAsync(cancellationToken).ConfigureAwait(false);
            CheckRoom();
        }

        CheckClocks();
        CheckNames();
        return MakePlan();
    }

    private void CheckSelection()
    {
        string[] excluded = [.. session.Cluster.EtcdNodes.Where(node => !session.Members.Any(host => ReferenceEquals(host.Node, node))).Select(node => node.Name)];
        if (excluded.Length > 0)
        {
            Add(null, RestoreFindingSeverity.Error, "RestoreNotSafe", $"The restored cluster would be without {string.Join(", ", excluded)}.",
                "Restore on all etcd hosts, or say -Force if those hosts are gone for good.", forcible: true);
        }
    }

    private void FindResumable()
    {
        RestoreRecord[] unfinished = [.. session.Members.SelectMany(host => host.Look.Operations).Where(operation => operation.Unfinished)];
        foreach (IGrouping<string, RestoreRecord> operation in unfinished.GroupBy(record => record.Operation))
        {
            RestoreRecord record = operation.First();
            bool undoing = session.Members.SelectMany(host => host.Look.Operations)
                .Any(other => other.Operation == operation.Key && other.Phase is RestorePhase.Undoing or RestorePhase.Undone);
            bool same = record.Snapshot == Snapshot && record.Members.Order().SequenceEqual(session.Members.Select(host => host.Node.Name).Order());
            if (undoing || !same || (Resumed is not null && Resumed.Operation != operation.Key))
            {
                Add(null, RestoreFindingSeverity.Error, "RestoreNotSafe",
                    $"The restore {operation.Key} of {record.Snapshot} {(undoing ? "is being undone and that is" : "is")} not finished on {string.Join(", ", Holders(operation.Key))}.",
                    undoing || record.Snapshot.Length == 0 ? "Finish it with Undo-EtcdRestore." : $"Finish it with Restore-EtcdSnapshot {record.Snapshot}, or put the old data back with Undo-EtcdRestore.");
            }
            else
            {
                Resumed = record;
            }
        }
    }

    private IEnumerable<string> Holders(string operation)
        => session.Members.Where(host => host.Look.Operations.Any(other => other.Operation == operation && other.Unfinished)).Select(host => host.Node.Name);

    private async Task InspectAsync(CancellationToken cancellationToken)
    {
        var failures = await session.TryAsync(RestoreStep.Inspect, session.Hosts.Where(host => host.Connected), InspectAsync, cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in failures)
        {
            Add(host, failure);
        }
    }

    private async Task InspectAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (host.IsControlPlane && await EtcdSwitch.ApiServerRunsAsync(host, cancellationToken).ConfigureAwait(false))
        {
            lock (_apiServers)
            {
                _apiServers.Add(host);
            }
        }

        if (!host.IsMember || !host.Locked)
        {
            return;
        }

        Task verified = Resumed is null ? VerifyAsync(host, cancellationToken) : Task.CompletedTask;
        Task asked = AskMemberAsync(host, cancellationToken);
        Task certified = CheckCertificatesAsync(host, cancellationToken);
        string image = (host.Etcd ?? host.Template)!.Image;
        Task found = Resumed is null ? FindToolAsync(host, image, cancellationToken) : Task.CompletedTask;
        await Task.WhenAll(verified, asked, certified, found).ConfigureAwait(false);
    }

    private async Task VerifyAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        try
        {
            HostCopy copy = await SnapshotCopies.VerifyAsync(host, Snapshot, cancellationToken).ConfigureAwait(false);
            lock (_copies)
            {
                _copies[host] = copy;
            }
        }
        catch (SnapshotNotFoundException)
        {
            lock (_missing)
            {
                _missing.Add(host);
            }
        }
        catch (EtcdSnapshotException failure)
        {
            Add(host, failure);
        }
    }

    private async Task FindToolAsync(RestoreHost host, string image, CancellationToken cancellationToken)
    {
        try
        {
            RestoreTool tool = await RestoreTool.FindAsync(host, image, cancellationToken).ConfigureAwait(false);
            lock (_tools)
            {
                _tools[host] = tool;
            }
        }
        catch (EtcdSnapshotException failure)
        {
            Add(host, failure);
        }
    }

    private async Task CheckCertificatesAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        IReadOnlyList<RestoreFinding> found = await CertificateCheck.RunAsync(host, cancellationToken).ConfigureAwait(false);
        lock (_findings)
        {
            _findings.AddRange(found);
        }
    }

    private async Task AskMemberAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        lock (_states)
        {
            _clocks[host] = host.ClockOffset;
        }

        if (host.Etcd is not { Running: true })
        {
            return;
        }

        MemberProbe probe = new(host);
        try
        {
            MemberState? state = await probe.StatusAsync(cancellationToken).ConfigureAwait(false);
            bool healthy = await probe.IsHealthyAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string>? peers = healthy ? await probe.PeerUrlsAsync(cancellationToken).ConfigureAwait(false) : null;
            lock (_states)
            {
                if (state is not null)
                {
                    _states[host] = state;
                }

                if (healthy)
                {
                    _healthy.Add(host);
                }
            }

            HashSet<string> known = [.. session.Hosts.Where(one => one.Node.Is(NodeRoles.Etcd)).SelectMany(one => (one.Etcd?.PeerUrls ?? $"https://{one.Node.InternalAddress}:2380").Split(','))];
            if (peers?.Where(url => !known.Contains(url)).ToArray() is { Length: > 0 } strangers)
            {
                Add(host, RestoreFindingSeverity.Error, "RestoreNotSafe", $"The cluster has a member that cluster.yml does not name: {string.Join(", ", strangers)}.",
                    "Put that host into cluster.yml or remove the member from etcd, then try again: it would go on with the old data.");
            }
        }
        catch (EtcdNotRunningException)
        {
            // It has just ended; a restore does not need it.
        }
    }

    private async Task CheckCopiesAsync(CancellationToken cancellationToken)
    {
        RestoreHost[] locked = [.. session.Members.Where(host => host.Locked)];
        if (locked.Length > 0 && _missing.Count == locked.Length && _missing.Count == session.Members.Count)
        {
            throw await NotFoundAsync(locked, cancellationToken).ConfigureAwait(false);
        }

        Source = session.Request.SourceNode is { } source
            ? _copies.Keys.FirstOrDefault(host => host.Node.Name.Equals(source, StringComparison.OrdinalIgnoreCase) || host.Node.Address == source || host.Node.InternalAddress == source)
            : session.Members.FirstOrDefault(_copies.ContainsKey);
        if (session.Request.SourceNode is not null && Source is null)
        {
            Add(null, RestoreFindingSeverity.Error, "SnapshotNotFound", $"The source {session.Request.SourceNode} has no sound copy of {Snapshot}, or is no etcd host.", "Name an etcd host that has one; Get-EtcdSnapshot shows them.");
            return;
        }

        if (session.Request.SourceNode is null)
        {
            foreach (RestoreHost host in _missing)
            {
                Add(host, RestoreFindingSeverity.Error, "SnapshotNotFound", $"There is no {SnapshotFolder.Path}/{Snapshot}.", "Name with -SourceNode the host whose copy the others shall get.");
            }
        }

        string[] hashes = [.. _copies.Values.Select(copy => copy.Hash).Distinct()];
        if (hashes.Length > 1)
        {
            Add(null, RestoreFindingSeverity.Error, "SnapshotMismatch",
                $"The copies of {Snapshot} differ: {string.Join("; ", _copies.GroupBy(copy => copy.Value.Hash).Select(same => $"{string.Join(", ", same.Select(one => one.Key.Node.Name))} {same.Key[..12]} (revision {same.First().Value.Revision})"))}.",
                "All members must be restored from the same bytes. Decide for one copy, remove the others, and name it with -SourceNode; Save-EtcdSnapshot -SingleSource avoids this.");
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

    private void CheckRoom()
    {
        if (Source is null)
        {
            return;
        }

        long size = _copies[Source].Size;
        long needed = size + (size / 10) + LogBytes;
        foreach (RestoreHost host in session.Members.Where(host => host.Locked && host.Look.Free < needed))
        {
            Add(host, RestoreFindingSeverity.Error, "NotEnoughDisk",
                $"{host.DataFolder} has {host.Look.Free} bytes free, and the new data beside the old needs {needed}.",
                "Make room there; Get-EtcdRestore shows what earlier restores keep, and Remove-EtcdRestore drops it.");
        }
    }

    private void CheckClocks()
    {
        if (_clocks.Count > 1 && _clocks.Values.Max() - _clocks.Values.Min() > MostSkew)
        {
            Add(null, RestoreFindingSeverity.Warning, "RestoreNotSafe",
                $"The clocks of the hosts differ: {string.Join(", ", _clocks.Select(clock => FormattableString.Invariant($"{clock.Key.Node.Name} {clock.Value.TotalSeconds:+0;-0;0} s")))} from this machine's.",
                "Set them (NTP): certificates and leases depend on them.");
        }
    }

    private void CheckNames()
    {
        RestoreHost[] known = [.. session.Members.Where(host => host.Etcd is not null)];
        foreach (RestoreHost host in known.Where(host => host.Etcd!.MemberName != host.Node.EtcdMemberName))
        {
            Add(host, RestoreFindingSeverity.Warning, "RestoreNotSafe", $"Its member is called {host.Etcd!.MemberName}, and by cluster.yml it would be {host.Node.EtcdMemberName}.", "The name that its container has is kept.");
        }

        if (session.Members.Select(host => host.MemberName).Distinct().Count() < session.Members.Count)
        {
            Add(null, RestoreFindingSeverity.Error, "RestoreNotSafe", "Two members have the same name.", "Look at --name of the etcd containers.");
        }
    }

    private RestorePlan MakePlan()
    {
        HostCopy? copy = Source is null ? null : _copies[Source];
        RestorePlan plan = new()
        {
            ClusterName = session.Cluster.Name,
            Snapshot = Snapshot,
            ContentHash = copy?.Hash ?? Resumed?.Hash,
            CreatedAt = copy?.CreatedAt,
            Revision = copy?.Revision ?? Resumed?.Revision,
            CurrentRevision = _healthy.Count > 0 ? _states.Where(state => _healthy.Contains(state.Key)).Select(state => (long?)state.Value.Revision).Max() : null,
            Resumes = Resumed?.Operation,
            Hosts = [.. session.Hosts.Where(host => host.IsMember || (host.IsControlPlane && host.Connected)).Select(host => RestorePlanText.Describe(this, session, host))],
            Findings = [.. _findings.OrderByDescending(finding => finding.Severity)],
        };
        return plan;
    }

    private void Add(RestoreHost host, EtcdSnapshotException failure) => Add(host, RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice);

    private void Add(RestoreHost? host, RestoreFindingSeverity severity, string id, string message, string advice, bool forcible = false)
    {
        lock (_findings)
        {
            _findings.Add(new RestoreFinding(host?.Node.Name, severity, id, message, advice) { Forcible = forcible });
        }
    }
}
