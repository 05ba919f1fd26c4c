using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Recovery.NewHosts;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Looks at everything that can be known before the first change, on all hosts at once. Changes nothing.</summary>
internal sealed class RestorePreflight
{
    // etcd lays out its log in files of this size before it writes them, and has two at a time.
    private const long LogBytes = 2 * 64 * 1024 * 1024;

    private readonly RestoreSession _session;
    private readonly RestoreFindings _findings = new();
    private readonly Dictionary<RestoreHost, RestoreTool> _tools = [];
    private readonly Dictionary<RestoreHost, ContainerInspectResponse> _apiServers = [];

    public RestorePreflight(RestoreSession session)
    {
        _session = session;
        Copies = new RestoreCopies(session, _findings);
        Members = new MemberSurvey(session, _findings);
        Certificates = new CertificatePlan(session, _findings);
    }

    /// <summary>The copies of the snapshot.</summary>
    public RestoreCopies Copies { get; }

    /// <summary>What the members said.</summary>
    public MemberSurvey Members { get; }

    /// <summary>The certificates that new hosts are given.</summary>
    public CertificatePlan Certificates { get; }

    public IReadOnlyDictionary<RestoreHost, RestoreTool> Tools => _tools;

    /// <summary>The hosts whose API server runs, or was stopped by a restore that is not finished.</summary>
    public IEnumerable<string> ApiServers => _apiServers.Where(one => one.Value.State is { Running: true }).Select(one => one.Key.Node.Name).Union(Superseded.SelectMany(left => left.ApiServers));

    /// <summary>The hosts whose API server, running or not, the engine starts by itself when it starts anew.</summary>
    public IEnumerable<string> Revived => _apiServers.Where(one => one.Value.HostConfig?.RestartPolicy?.Name == RestartPolicyKind.Always).Select(one => one.Key.Node.Name)
        .Union(Superseded.SelectMany(left => left.Revived));

    private IEnumerable<RestoreRecord> Superseded => EarlierRestores.Unfinished(_session).Where(left => left.Operation != Resumed?.Operation);

    /// <summary>The unfinished restore to go on with; null when there is none.</summary>
    public RestoreRecord? Resumed { get; private set; }

    /// <exception cref="SnapshotNotFoundException">No host has it.</exception>
    public async Task<RestorePlan> RunAsync(CancellationToken cancellationToken)
    {
        CheckSelection();
        List<RestoreFinding> opening = [];
        await new SessionOpening(_session, opening) { Supplies = true, ReplacesData = true }.RunAsync(cancellationToken).ConfigureAwait(false);
        _findings.Add(opening);
        Resumed = new EarlierRestores(_session, _findings).Check();
        if (Resumed is null)
        {
            await Certificates.OpenAsync(cancellationToken).ConfigureAwait(false);
        }

        await InspectAsync(cancellationToken).ConfigureAwait(false);
        await CheckFormerMembersAsync(cancellationToken).ConfigureAwait(false);
        if (Resumed is null)
        {
            await Copies.CheckAsync(cancellationToken).ConfigureAwait(false);
            CheckRoom();
        }

        foreach (RestoreHost host in _session.Members.Where(host => Resumed is null && host is { Locked: true, Etcd: null, Look.Data: not null }))
        {
            _findings.Warn(host, $"It has no etcd container, but etcd's data in {host.DataFolder}.", "That is kept like any old data. Make sure that it is not the only copy of another cluster.");
        }

        Members.CheckClocks();
        CheckNames();
        return MakePlan();
    }

    private void CheckSelection()
    {
        string[] excluded = [.. _session.Cluster.EtcdNodes.Where(node => !_session.Members.Any(host => ReferenceEquals(host.Node, node))).Select(node => node.Name)];
        if (excluded.Length > 0)
        {
            _findings.Add(null, "RestoreNotSafe", $"The restored cluster would be without {string.Join(", ", excluded)}.",
                "Restore on all etcd hosts, or say -Force if those hosts are gone for good.", forcible: true);
        }
    }

    private async Task InspectAsync(CancellationToken cancellationToken)
    {
        var failures = await _session.TryAsync(RestoreStep.Inspect, _session.Hosts.Where(host => host.Connected), InspectAsync, cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in failures)
        {
            _findings.Add(host, failure);
        }
    }

    private async Task CheckFormerMembersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await new FormerMembers(_session, _findings).CheckAsync(Members.Strangers, cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException failure)
        {
            _findings.Add(null, failure);
        }
    }

    private async Task InspectAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (host.IsControlPlane)
        {
            await CheckUpdateAsync(host, cancellationToken).ConfigureAwait(false);
        }

        if (host.IsControlPlane && await EtcdSwitch.FindApiServerAsync(host, cancellationToken).ConfigureAwait(false) is { } apiServer)
        {
            lock (_apiServers)
            {
                _apiServers[host] = apiServer;
            }
        }

        if (!host.IsMember || !host.Locked)
        {
            return;
        }

        Task verified = Resumed is null ? Copies.VerifyAsync(host, cancellationToken) : Task.CompletedTask;
        Task found = Resumed is null ? FindToolAsync(host, cancellationToken) : Task.CompletedTask;
        await Task.WhenAll(verified, found, Members.AskAsync(host, cancellationToken), CheckCertificatesAsync(host, cancellationToken)).ConfigureAwait(false);
    }

    // Under another name an API server would run on through the switch, and the one that is started after it would be a second one.
    private async Task CheckUpdateAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        if (await EtcdSwitch.FindUpdateAsync(host, cancellationToken).ConfigureAwait(false) is { } name)
        {
            _findings.Add(host, "OperationInProgress", $"There is a container {name}: an update of its API server is under way, or was cut off.", "Run Update-KubeApiServer, which finishes it or puts it back, and then the restore again.");
        }
    }

    private async Task FindToolAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        try
        {
            RestoreTool tool = await RestoreTool.FindAsync(host, cancellationToken).ConfigureAwait(false);
            lock (_tools)
            {
                _tools[host] = tool;
            }
        }
        catch (EtcdSnapshotException failure)
        {
            _findings.Add(host, failure);
        }
    }

    private async Task CheckCertificatesAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        // Of a restore that is gone on with they may be on their way to their place.
        if (Resumed is not null && host.Look.Find(Resumed.Operation) is { Certificates.Length: > 0 })
        {
            return;
        }

        _findings.Add(await CertificateCheck.RunAsync(host, cancellationToken).ConfigureAwait(false));
        await Certificates.CheckAsync(host, cancellationToken).ConfigureAwait(false);
    }

    private void CheckRoom()
    {
        if (Copies.Chosen is not { Size: var size })
        {
            return;
        }

        foreach (RestoreHost host in Copies.Missing.Where(host => host is { Locked: true, Look.Room: { } room } && room < size))
        {
            _findings.Add(host, "NotEnoughDisk", $"{SnapshotFolder.Path} has {host.Look.Room} bytes free, and the copy of the snapshot needs {size}.", "Make room there: Get-EtcdSnapshot shows what is there.");
        }

        long needed = size + (size / 10) + LogBytes;
        foreach ((RestoreHost host, long free) in _session.Members.Where(host => host.Locked).Select(host => (host, host.Look.FreeAfterSweep)).Where(one => one.FreeAfterSweep < needed))
        {
            _findings.Add(host, "NotEnoughDisk",
                $"{host.DataFolder} has {free} bytes free, and the new data beside the old needs {needed}.",
                "Make room there; Get-EtcdRestore shows what earlier restores keep, and Remove-EtcdRestore drops it.");
        }
    }

    private void CheckNames()
    {
        RestoreHost[] known = [.. _session.Members.Where(host => host.Etcd is not null)];
        foreach (RestoreHost host in known.Where(host => host.Etcd!.MemberName != host.Node.EtcdMemberName))
        {
            _findings.Warn(host, $"Its member is called {host.Etcd!.MemberName}, and by cluster.yml it would be {host.Node.EtcdMemberName}.", "The name that its container has is kept.");
        }

        if (_session.Members.Select(host => host.MemberName).Distinct().Count() < _session.Members.Count)
        {
            _findings.Add(null, "RestoreNotSafe", "Two members have the same name.", "Look at --name of the etcd containers.");
        }

        foreach (IGrouping<string, RestoreHost> shared in _session.Members.SelectMany(host => host.PeerUrls.Split(',').Select(url => (Url: url, Host: host))).GroupBy(one => one.Url, one => one.Host).Where(hosts => hosts.Count() > 1))
        {
            _findings.Add(null, "RestoreNotSafe", $"{string.Join(" and ", shared.Select(host => host.Node.Name))} have the same peer URL {shared.Key}.",
                "Look at internal_address in cluster.yml, and at --initial-advertise-peer-urls of the etcd containers.");
        }
    }

    private RestorePlan MakePlan() => new()
    {
        ClusterName = _session.Cluster.Name,
        ClusterId = Members.ClusterId,
        Snapshot = _session.Request.Name,
        ContentHash = Copies.Chosen?.Hash ?? Resumed?.Hash,
        CreatedAt = Copies.Chosen?.CreatedAt,
        Revision = Copies.Chosen?.Revision ?? Resumed?.Revision,
        CurrentRevision = Members.Revision,
        Raised = _session.Members.SelectMany(host => host.Look.Operations).Any(earlier => earlier.Revision >= RestoreTool.LeastBump && earlier.Revision > Copies.Chosen?.Revision),
        Nodes = [.. _session.Members.Select(host => host.Node.Name)],
        WholeCluster = _session.Request.Nodes is null,
        SourceNode = _session.Request.SourceNode,
        Source = _session.Request.Source?.ToString(),
        Resumes = Resumed?.Operation,
        Hosts = [.. _session.Hosts.Where(host => host.IsMember || (host.IsControlPlane && host.Connected)).Select(host => RestorePlanText.Describe(this, _session, host))],
        Restarts = RestoreComponents.IsLeft(_session) ? [] : RestorePlanRestart.AllOf(_session.Cluster),
        Findings = _findings.Sorted,
    };
}
