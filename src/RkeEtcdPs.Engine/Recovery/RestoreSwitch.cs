using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Replaces the old cluster by what was staged, and proves it. Every step may be run again, also by another client.</summary>
internal sealed class RestoreSwitch(RestoreSession session, RestoreRecord record)
{
    /// <summary>True once the new cluster was proved, also by a client before this one: what fails after that is no reason to go back, as it may have taken writes.</summary>
    public bool Proved { get; private set; } = session.Members.Any(host => host.Look.Find(record.Operation) is { Proved: true });

    private IEnumerable<RestoreHost> ApiServers => session.Hosts.Where(host => host.Connected && record.Halts(host.Node.Name));

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<RestoreHost> members = session.Members;
        await session.StepAsync(
            RestoreStep.MarkSwitching, members.Where(host => RecordOf(host)?.Phase != RestorePhase.Done), (host, token) => host.RunAsync("mark", token, record.Operation, RestoreRecord.PhaseLine(RestorePhase.Switching)), cancellationToken).ConfigureAwait(false);
        // When another client has brought it so far, etcd need not stop once more.
        if (members.Any(host => RecordOf(host) is not { Phase: RestorePhase.Switching or RestorePhase.Done, Staged: null }))
        {
            await SwitchAsync(members, cancellationToken).ConfigureAwait(false);
        }

        await session.StepAsync(RestoreStep.StartEtcd, members, session.WhileLocked(StartAsync), cancellationToken).ConfigureAwait(false);
        await new RestoreProof(session, record).RunAsync(cancellationToken).ConfigureAwait(false);
        Proved = true;
        // Not to be interrupted: the API servers are stopped.
        await MarkProvedAsync(members, CancellationToken.None).ConfigureAwait(false);
        await FinishAsync(members, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task SwitchAsync(IReadOnlyList<RestoreHost> members, CancellationToken cancellationToken)
    {
        await CheckLockAsync(members, cancellationToken).ConfigureAwait(false);
        await CheckUpdatesAsync(cancellationToken).ConfigureAwait(false);
        await session.StepAsync(
            RestoreStep.StopApiServers, ApiServers, session.WhileLocked((host, token) => EtcdSwitch.StopApiServerAsync(host, RecordOf(host) ?? record, token)), cancellationToken).ConfigureAwait(false);
        await session.StepAsync(
            RestoreStep.HoldEtcd, members, session.WhileLocked((host, token) => EtcdSwitch.HoldAsync(host, RecordOf(host)!, token)), cancellationToken).ConfigureAwait(false);
        await StopEtcdAsync(members, cancellationToken).ConfigureAwait(false);
        await session.StepAsync(RestoreStep.Switch, members, (host, token) => host.RunAsync("switch", token, record.Operation), cancellationToken).ConfigureAwait(false);
    }

    // The leader last: while it knows of others it spends seconds on handing over to one of them, which stops as well.
    private async Task StopEtcdAsync(IReadOnlyList<RestoreHost> members, CancellationToken cancellationToken)
    {
        Func<RestoreHost, CancellationToken, Task> stop = session.WhileLocked(EtcdSwitch.StopEtcdAsync);
        int following = members.Count(host => !host.Leads);
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (following == 0)
        {
            stopped.SetResult();
        }

        await session.StepAsync(
            RestoreStep.StopEtcd,
            members,
            async (host, token) =>
            {
                host.Outage.Start();
                if (host.Leads)
                {
                    await stopped.Task.WaitAsync(token).ConfigureAwait(false);
                    await stop(host, token).ConfigureAwait(false);
                    return;
                }

                try
                {
                    await stop(host, token).ConfigureAwait(false);
                }
                finally
                {
                    if (Interlocked.Decrement(ref following) == 0)
                    {
                        stopped.SetResult();
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    // One that has begun while somebody took his time with the answer would start an API server in the middle of this.
    private Task CheckUpdatesAsync(CancellationToken cancellationToken)
        => session.StepAsync(
            RestoreStep.CheckLock,
            session.Hosts.Where(host => host is { Connected: true, IsControlPlane: true }),
            async (host, token) =>
            {
                if (await EtcdSwitch.FindUpdateAsync(host, token).ConfigureAwait(false) is { } name)
                {
                    throw new RestoreStepFailedException(host.Node, "The switch", $"there is a container {name}: an update of its API server has begun meanwhile");
                }
            },
            cancellationToken);

    // On all hosts before the first stop on any. Also a call, so that the lock is good for all that follows at once.
    private Task CheckLockAsync(IReadOnlyList<RestoreHost> members, CancellationToken cancellationToken)
        => session.StepAsync(RestoreStep.CheckLock, members, session.WhileLocked((host, token) => host.RunAsync("beat", token)), cancellationToken);

    // Before anybody can write. One host that remembers is enough; with none, the API servers must stay stopped.
    private async Task MarkProvedAsync(IReadOnlyList<RestoreHost> members, CancellationToken cancellationToken)
    {
        var unmarked = await session.TryAsync(
            RestoreStep.MarkProved, members, (host, token) => MarkAsync(host, [RestoreRecord.ProvedLine], token), cancellationToken).ConfigureAwait(false);
        if (unmarked.Count == members.Count)
        {
            session.ThrowFirst(unmarked);
        }

        foreach ((RestoreHost host, EtcdSnapshotException failure) in unmarked)
        {
            session.Story.Report(new HostWarning(host.Node.Name, $"That the new cluster was proved could not be noted there. {failure.Message}"));
        }
    }

    private Task MarkAsync(RestoreHost host, string[] lines, CancellationToken cancellationToken)
        => host.WithNewWayAsync(session.WhileLocked((there, token) => there.RunAsync("mark", token, [record.Operation, .. lines])), cancellationToken);

    private async Task FinishAsync(IReadOnlyList<RestoreHost> members, CancellationToken cancellationToken)
    {
        // Where one host fails the others go on: the new cluster serves, and an API server that stays stopped helps nobody.
        var failed = await session.TryAsync(
            RestoreStep.ReleaseEtcd,
            members,
            (host, token) => host.WithNewWayAsync(session.WhileLocked((there, again) => EtcdSwitch.ReleaseAsync(there, RecordOf(there)!.RestartPolicy, again)), token),
            cancellationToken).ConfigureAwait(false);
        RestoreHost[] unreleased = [.. failed.Select(one => one.Host)];
        await StartApiServersAsync(cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(members.Where(host => RecordOf(host)!.Created).Select(host => LogLink.MakeAsync(host, session, cancellationToken))).ConfigureAwait(false);
        await RestoreSchedule.ReleaseAsync(session, record.Operation, cancellationToken).ConfigureAwait(false);
        string[] lines = [RestoreRecord.PhaseLine(RestorePhase.Done), RestoreComponents.FirstLine(session)];
        failed = [.. failed, .. await session.TryAsync(
            RestoreStep.MarkDone, members.Except(unreleased), (host, token) => MarkAsync(host, lines, token), cancellationToken).ConfigureAwait(false)];
        session.ThrowFirst(failed);
    }

    // Also of hosts to which there was no way when this was gone on with. The data is proved, and stays, whatever comes of this.
    private async Task StartApiServersAsync(CancellationToken cancellationToken)
    {
        IEnumerable<RestoreHost> hosts = session.Hosts.Where(host => record.Halts(host.Node.Name));
        foreach ((RestoreHost host, EtcdSnapshotException failure) in await session.TryAsync(
            RestoreStep.StartApiServers, hosts, (host, token) => host.WithNewWayAsync(session.WhileLocked((there, again) => EtcdSwitch.StartApiServerAsync(there, record, again)), token), cancellationToken).ConfigureAwait(false))
        {
            session.AddLate(host, record, failure);
        }
    }

    private async Task StartAsync(RestoreHost host, CancellationToken cancellationToken)
    {
        host.Outage.Start();
        if (host.Etcd is null && await EtcdDeployment.FindAsync(host.Engine, cancellationToken).ConfigureAwait(false) is null)
        {
            await EtcdRecreation.RunAsync(host, session.InitialCluster, cancellationToken).ConfigureAwait(false);
            session.Story.Report(new HostMessage(host.Node.Name, $"[restore] Made the container etcd {host.PlannedAfter}"));
        }

        await EtcdSwitch.StartEtcdAsync(host, cancellationToken).ConfigureAwait(false);
    }

    private RestoreRecord? RecordOf(RestoreHost host) => host.Look.Find(record.Operation);
}
