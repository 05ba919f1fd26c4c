using System.Collections.Concurrent;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>
/// Puts the old data and containers back: from what is on the hosts, however far a restore had come on each. It goes on with the other hosts
/// when one fails, and says at the end what is left.
/// </summary>
/// <param name="session">The hosts.</param>
/// <param name="operation">The id of the restore.</param>
/// <param name="cause">The failure that it follows, when it must not touch what has been proved meanwhile; null when somebody asked for it.</param>
internal sealed class RestoreReturn(RestoreSession session, string operation, Exception? cause)
{
    private readonly ConcurrentDictionary<RestoreHost, EtcdSnapshotException> _lost = [];
    private readonly Dictionary<RestoreHost, RestoreRecord> _records = [];

    // Whether anything could be known of what is on the hosts.
    private bool _reached;

    // Whether a member of the old cluster was seen with a quorum.
    private bool _serves;

    /// <summary>The hosts where something is left to be done, and why.</summary>
    public IReadOnlyDictionary<RestoreHost, EtcdSnapshotException> Lost => _lost;

    private string Left => string.Join(" ", _lost.Select(lost => RestoreFinding.Say(lost.Key.Node.Name, lost.Value.Message)));

    // Nothing has seen the new data when this follows a failure, and no component needs a restart.
    private string[] After => cause is null ? [RestoreComponents.FirstLine(session)] : [];

    // A short limit for the new cluster must not keep the old one from coming back.
    private static readonly TimeSpan LeastProofLimit = TimeSpan.FromMinutes(5);

    // And a long one not have it cut off half way, when the caller stops waiting for a client that was told to stop.
    private static readonly TimeSpan LongestProofLimit = TimeSpan.FromMinutes(8);

    private RestoreHost[] HaltedApiServers => [.. session.Hosts.Where(host => host.Halted?.Halts(host.Node.Name) == true)];

    private TimeSpan ProofLimit => session.Request.ProofLimit < LeastProofLimit ? LeastProofLimit
        : cause is null || session.Request.ProofLimit < LongestProofLimit ? session.Request.ProofLimit
        : LongestProofLimit;

    /// <summary>True when the old cluster was seen serving again.</summary>
    public bool Proved { get; private set; }

    /// <summary>True when there was nothing to put back: the old cluster was never touched.</summary>
    public bool Untouched { get; private set; }

    /// <summary>True when another client has put everything back already.</summary>
    public bool UndoneElsewhere { get; private set; }

    /// <summary>True when there was no old cluster on any of the hosts: what was made there is gone again.</summary>
    public bool OnlyNewHosts { get; private set; }

    /// <summary>What is to be said where something is left.</summary>
    public RestoreUnfinishedException Unfinished() => new(
        operation,
        $"{cause?.Message} {(_reached ? $"The old data was put back{(Proved ? " and serves" : "")}, except where this went wrong:" : "Nothing was put back:")} {Left}{(cause is null && _reached ? " The components were not restarted: Restart-KubeComponent does that." : "")}".TrimStart(),
        cause ?? _lost.Values.First(),
        busy: _lost.Values.Any(failure => failure is OperationInProgressException));

    /// <summary>Does all that can be done.</summary>
    /// <exception cref="RestoreTakenOverException">Nobody asked for it, and another client has brought the restore to its proof. No data was put back.</exception>
    public async Task RunAsync(string hostDataFolder, CancellationToken cancellationToken)
    {
        await EachAsync(RestoreStep.BackTake, session.Members, (host, token) => ReviveAsync(host, hostDataFolder, token), cancellationToken).ConfigureAwait(false);
        foreach (RestoreHost host in session.Members.Where(host => !_lost.ContainsKey(host)))
        {
            switch (host.Look.Find(operation))
            {
                case { Phase: null }:
                    _lost[host] = DamagedRecord.LeftAlone(host, operation);
                    break;
                case { } record:
                    _records[host] = record;
                    break;
            }
        }

        _reached = _records.Count > 0;
        // What was proved stays so in the record when it is undone after that.
        if (cause is not null && _records.Values.Any(record => record.Proved) && !_records.Values.Any(record => record.Phase is RestorePhase.Undoing or RestorePhase.Undone))
        {
            await AmendAsync(session.Members, proved: true, cancellationToken).ConfigureAwait(false);
            await StartApiServersAsync(HaltedApiServers, record: null, cancellationToken).ConfigureAwait(false);
            throw new RestoreTakenOverException(operation, session.Members.All(host => _records.GetValueOrDefault(host)?.Phase == RestorePhase.Done), cause, Left);
        }

        RestoreHost[] begun = [.. _records.Where(one => one.Value.Phase is not (RestorePhase.Staging or RestorePhase.Undone)).Select(one => one.Key)];
        // Where nothing had been moved yet, an undoing leaves no record.
        UndoneElsewhere = begun.Length == 0 && (_records.Values.Any(record => record.Phase == RestorePhase.Undone) || session.Members.Any(host => host.Halted is not null));
        Untouched = begun.Length == 0 && !UndoneElsewhere;
        OnlyNewHosts = begun.Length > 0 && begun.All(host => _records[host] is { Created: true, Old: "none" });
        RestoreRecord? any = begun.Length > 0 ? _records[begun[0]] : null;
        RestoreHost[] apiServers = any is null ? HaltedApiServers : [.. session.Hosts.Where(host => any.Halts(host.Node.Name))];
        await AmendAsync(session.Members.Except(begun), proved: false, cancellationToken).ConfigureAwait(false);
        await EachAsync(RestoreStep.MarkUndoing, begun, MarkUndoingAsync, cancellationToken).ConfigureAwait(false);
        await RestoreSchedule.HoldAsync(session, RestoreStep.BackHoldSchedule, begun.Where(host => !_lost.ContainsKey(host)), operation, cancellationToken).ConfigureAwait(false);
        if (begun.Any(host => Moved(_records[host])))
        {
            await StopApiServersAsync(apiServers, any!, cancellationToken).ConfigureAwait(false);
        }

        await BackAsync(begun, cancellationToken).ConfigureAwait(false);
        await ProveAsync(begun, cancellationToken).ConfigureAwait(false);
        await EachAsync(
            RestoreStep.BackReleaseEtcd, begun, session.WhileLocked((host, token) => EtcdSwitch.ReleaseAsync(host, _records[host].RestartPolicy, token)), cancellationToken).ConfigureAwait(false);
        // What is lost may be between the old data and the new, or have a quorum on the new: an API server reaches all members, and would serve that.
        // And what another restore left half way was put back half way.
        string? wait = !_lost.IsEmpty && !_serves ? "the old cluster does not serve yet"
            : EarlierRestores.Unfinished(session).FirstOrDefault(other => other.Operation != operation) is { } earlier ? $"the data that was put back is that of the restore {earlier.Operation}, which is not finished"
            : null;
        if (wait is null)
        {
            await StartApiServersAsync(apiServers, any, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            LeaveApiServers(apiServers, wait);
        }

        await EachAsync(RestoreStep.MarkUndone, session.Members, EndAsync, cancellationToken).ConfigureAwait(false);
    }

    private void LeaveApiServers(IEnumerable<RestoreHost> hosts, string why)
    {
        foreach (RestoreHost host in hosts)
        {
            session.Story.Report(new HostWarning(host.Node.Name, "Its kube-apiserver, which the restore had stopped, was left as it is, because the old cluster does not serve yet. Once the restore is finished or undone: Restart-KubeComponent, if it does not run."));
        }
    }

    // What this client had stopped, before it slept or in the moment when it woke up, and another one has ended the restore meanwhile.
    private async Task AmendAsync(IEnumerable<RestoreHost> ended, bool proved, CancellationToken cancellationToken)
        => await EachAsync(
            RestoreStep.BackStartEtcd,
            ended.Where(host => host.Halted is not null),
            session.WhileLocked(async (host, token) =>
            {
                if (await EtcdDeployment.FindAsync(host.Engine, token).ConfigureAwait(false) is not null)
                {
                    await EtcdSwitch.ReleaseAsync(host, host.Halted!.RestartPolicy, token).ConfigureAwait(false);
                    if (proved || host.Halted.Ran)
                    {
                        await EtcdSwitch.StartEtcdAsync(host, token).ConfigureAwait(false);
                    }
                }
            }),
            cancellationToken).ConfigureAwait(false);

    private async Task BackAsync(RestoreHost[] begun, CancellationToken cancellationToken)
    {
        RestoreHost[] moved = [.. begun.Where(host => Moved(_records[host]))];
        await EachAsync(RestoreStep.BackHoldEtcd, moved, session.WhileLocked((host, token) => EtcdSwitch.HoldAsync(host, _records[host], token)), cancellationToken).ConfigureAwait(false);
        await EachAsync(
            RestoreStep.BackStopEtcd,
            moved,
            session.WhileLocked((host, token) =>
            {
                host.Outage.Start();
                return EtcdSwitch.StopEtcdAsync(host, token);
            }),
            cancellationToken).ConfigureAwait(false);
        await EachAsync(RestoreStep.Back, moved, (host, token) => host.RunAsync("back", token, operation, OldOf(_records[host])), cancellationToken).ConfigureAwait(false);
        await EachAsync(
            RestoreStep.BackCertificates,
            begun.Where(host => _records[host].Certificates.Length > 0),
            (host, token) => host.RunAsync("uncertify", token, operation, _records[host].Certificates),
            cancellationToken).ConfigureAwait(false);
        await EachAsync(RestoreStep.BackStartEtcd, begun, session.WhileLocked(StartAsync), cancellationToken).ConfigureAwait(false);
    }

    // On a host that was new there is nothing to go back to, and what nobody has used is of no use to anybody. One host that remembers the proof speaks for all.
    private string OldOf(RestoreRecord record) => record is { Created: true, Old: "none" } && !_records.Values.Any(one => one.Proved) ? "discard" : record.Old;

    // What was not there before goes again; what did not run before stays stopped.
    private Task StartAsync(RestoreHost host, CancellationToken cancellationToken) => _records[host] switch
    {
        { Created: true } => EtcdSwitch.RemoveEtcdAsync(host, cancellationToken),
        { Ran: true } => EtcdSwitch.StartEtcdAsync(host, cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task ProveAsync(RestoreHost[] begun, CancellationToken cancellationToken)
    {
        RestoreHost[] served = [.. begun.Where(host => _records[host] is { Served: true, Ran: true })];
        await EachAsync(
            RestoreStep.BackProve,
            served,
            async (host, token) =>
            {
                await new MemberProbe(host).WaitHealthyAsync(ProofLimit, goOn: null, token).ConfigureAwait(false);
                host.Outage.Stop();
            },
            cancellationToken).ConfigureAwait(false);
        _serves = served.Any(host => !_lost.ContainsKey(host));
        Proved = served.Length > 0 && served.All(host => !_lost.ContainsKey(host));
    }

    private async Task EndAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        await RestoreSchedule.ReleaseAsync(session, host, operation, cancellationToken).ConfigureAwait(false);
        // As long as another host is not back, every host must remember: one that knows nothing of the restore would look like one that was passed over.
        if (_lost.IsEmpty)
        {
            await host.RunAsync("unstage", cancellationToken, operation).ConfigureAwait(false);
        }

        await host.LookAsync(cancellationToken).ConfigureAwait(false);
        if (host.Look.Find(operation) is { Phase: not (null or RestorePhase.Staging) })
        {
            await host.RunAsync("mark", cancellationToken, [operation, RestoreRecord.PhaseLine(RestorePhase.Undone), .. After]).ConfigureAwait(false);
            await host.LookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task MarkUndoingAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.RunAsync("mark", cancellationToken, operation, RestoreRecord.PhaseLine(RestorePhase.Undoing)).ConfigureAwait(false);
        }
        catch (NotEnoughDiskException failure)
        {
            // What follows only renames, and needs no room.
            session.Story.Report(new HostWarning(host.Node.Name, $"That the old data is put back could not be noted there. {failure.Message}"));
        }
    }

    // Where nothing was moved, etcd may still run on its old data, and need not stop.
    private static bool Moved(RestoreRecord record) => record.Kept is not null || record.Undone is not null || record.Staged is null;

    private async Task ReviveAsync(RestoreHost host, string hostDataFolder, CancellationToken cancellationToken)
    {
        long deadline = Environment.TickCount64 + (long)session.Request.ReturnLimit.TotalMilliseconds;
        while (true)
        {
            try
            {
                await host.ReviveAsync(hostDataFolder, cancellationToken).ConfigureAwait(false);
                await host.LookAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (EtcdSnapshotException failure) when (Environment.TickCount64 < deadline)
            {
                session.Story.Report(new HostMessage(host.Node.Name, $"[restore] Trying again: {failure.Message}"));
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // What fails is in nobody's way: an API server that runs on is no reason to leave etcd without its data.
    private async Task StopApiServersAsync(IEnumerable<RestoreHost> hosts, RestoreRecord record, CancellationToken cancellationToken)
    {
        var failures = await session.TryAsync(
            RestoreStep.BackStopApiServers,
            hosts.Where(host => !_lost.ContainsKey(host)),
            (host, token) => host.WithNewWayAsync(session.WhileLocked((there, again) => EtcdSwitch.StopApiServerAsync(there, _records.GetValueOrDefault(there, record), again)), token),
            cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in failures)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"Its kube-apiserver may run while etcd's data is put back, and should be restarted then: Restart-KubeComponent. {failure.Message}"));
        }
    }

    // Also where something went wrong before, as long as the old cluster serves: an API server that stays stopped helps nobody.
    private async Task StartApiServersAsync(RestoreHost[] hosts, RestoreRecord? record, CancellationToken cancellationToken)
    {
        var failures = await session.TryAsync(
            RestoreStep.BackStartApiServers,
            hosts,
            (host, token) => host.WithNewWayAsync(session.WhileLocked((there, again) => EtcdSwitch.StartApiServerAsync(there, (record ?? there.Halted)!, again)), token),
            cancellationToken).ConfigureAwait(false);
        foreach ((RestoreHost host, EtcdSnapshotException failure) in failures)
        {
            session.AddLate(host, (record ?? host.Halted)!, failure);
        }
    }

    private async Task EachAsync(RestoreStep step, IEnumerable<RestoreHost> hosts, Func<RestoreHost, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        RestoreHost[] left = [.. hosts.Where(host => !_lost.ContainsKey(host))];
        foreach ((RestoreHost host, EtcdSnapshotException failure) in await session.TryAsync(step, left, work, cancellationToken).ConfigureAwait(false))
        {
            _lost[host] = failure;
        }
    }
}
