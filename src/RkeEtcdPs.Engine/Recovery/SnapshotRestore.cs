using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Certificates;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery.NewHosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Restores a cluster from a snapshot, with a way back.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done.</param>
public sealed class SnapshotRestore(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Says what a restore would do, and everything that speaks against it. Changes nothing.</summary>
    /// <exception cref="Snapshots.SnapshotNotFoundException">No host has the snapshot.</exception>
    public async Task<RestorePlan> PlanAsync(RkeCluster cluster, RestoreRequest request, CancellationToken cancellationToken = default)
    {
        (RestoreSession session, _, RestorePlan plan) = await LookAsync(cluster, request, cancellationToken).ConfigureAwait(false);
        await session.DisposeAsync().ConfigureAwait(false);
        return plan;
    }

    /// <summary>Restores.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="request">What to restore.</param>
    /// <param name="approve">Asked with the plan before the first change; false ends it there.</param>
    /// <param name="cancellationToken">Stops it; once the switch has begun the old data is put back before it returns.</param>
    /// <returns>
    /// One result per host with a member, as soon as the new cluster is proved, and after them what did not come back of the components; nothing when it
    /// was not approved. Where a step failed on more than one host, the failures of the others come before the exception.
    /// </returns>
    /// <exception cref="RestoreNotSafeException">Something forbids it; nothing was changed.</exception>
    /// <exception cref="RestoreRolledBackException">It failed, and the old cluster is back.</exception>
    /// <exception cref="RestoreTakenOverException">It failed, and another client has gone on with it to the proof.</exception>
    /// <exception cref="RestoreUnfinishedException">It failed, and something is left to be done by another call.</exception>
    public async IAsyncEnumerable<Outcome<RestoreResult>> RunAsync(
        RkeCluster cluster, RestoreRequest request, Func<RestorePlan, Task<bool>> approve, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        (RestoreSession session, RestorePreflight preflight, RestorePlan plan) = await LookAsync(cluster, request, cancellationToken).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable closing = session.ConfigureAwait(false);
        RestoreEnd end = new(session, options, RestorePhase.Done);
        await foreach (Outcome<RestoreResult> outcome in end.RunAsync(() => ReplaceAsync(session, preflight, plan, approve, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            yield return outcome;
        }
    }

    /// <returns>The restore's record; null when it was not approved.</returns>
    private async Task<RestoreRecord?> ReplaceAsync(RestoreSession session, RestorePreflight preflight, RestorePlan plan, Func<RestorePlan, Task<bool>> approve, CancellationToken cancellationToken)
    {
        RestoreRequest request = session.Request;
        Refuse(plan, request);
        if (!await approve(plan).ConfigureAwait(false))
        {
            return null;
        }

        if (preflight.Resumed is { } resumed)
        {
            await RestoreSchedule.HoldAsync(session, RestoreStep.HoldSchedule, session.Members, resumed.Operation, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await SweepAsync(session, cancellationToken).ConfigureAwait(false);
            await new RestoreStage(session, preflight, options).RunAsync(cancellationToken).ConfigureAwait(false);
        }

        RestoreRecord record = RecordOf(session, preflight.Resumed?.Operation ?? request.Operation);
        await SwitchAsync(session, record, cancellationToken).ConfigureAwait(false);
        await EarlierRestores.SupersedeAsync(session, record.Operation).ConfigureAwait(false);
        return record;
    }

    /// <returns>The session, which the caller closes, what was seen in it, and the plan.</returns>
    private async Task<(RestoreSession Session, RestorePreflight Preflight, RestorePlan Plan)> LookAsync(RkeCluster cluster, RestoreRequest request, CancellationToken cancellationToken)
    {
        if (request.CertificateDirectory is { } folder && !Directory.Exists(folder))
        {
            throw new CertificateAuthorityInvalidException(folder, "there is no such folder");
        }

        RkeState? state = await FindStateAsync(cluster, request, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            RestoreSession session = Open(cluster, request, state);
            try
            {
                RestorePreflight preflight = new(session);
                RestorePlan plan = await preflight.RunAsync(cancellationToken).ConfigureAwait(false);
                if (preflight.Certificates.StateOnHosts is not { } found)
                {
                    return (session, preflight, plan);
                }

                // How the containers are to be was not known so far.
                story.Report(new HostMessage(cluster.Name, $"[restore] What cluster.yml leaves to RKE is taken from {found.Source}"));
                state = found;
                await session.DisposeAsync().ConfigureAwait(false);
            }
            catch
            {
                await session.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private RestoreSession Open(RkeCluster cluster, RestoreRequest request, RkeState? state)
    {
        cluster = state?.Complete(cluster) ?? cluster;
        IEnumerable<RkeNode> members = request.Nodes is null ? cluster.EtcdNodes : NodeSelection.Select(cluster.Nodes, [.. request.Nodes], NodeRoles.Etcd);
        return new RestoreSession(cluster, members, request with { State = state }, options, story);
    }

    private async Task<RkeState?> FindStateAsync(RkeCluster cluster, RestoreRequest request, CancellationToken cancellationToken)
    {
        string? path = request.StateFile ?? (RkeStateFile.PathOf(cluster) is { } beside && File.Exists(beside) ? beside : null);
        foreach (Func<Task<RkeState?>> find in (Func<Task<RkeState?>>[])
            [
                async () => path is null ? null : await RkeStateFile.ReadAsync(path, cancellationToken).ConfigureAwait(false),
                () => StateInZip.FindAsync(request.Source, request.SourceConnection, cancellationToken),
            ])
        {
            try
            {
                if (await find().ConfigureAwait(false) is { } state)
                {
                    return state;
                }
            }
            catch (EtcdSnapshotException failure) when (request.StateFile is null)
            {
                // Nobody asked for it, and most restores do not need it.
                story.Report(new HostMessage(cluster.Name, $"[restore] {failure.Message}"));
            }
        }

        return null;
    }

    private static void Refuse(RestorePlan plan, RestoreRequest request)
    {
        RestoreFinding[] against = [.. plan.Findings.Where(finding => finding.Severity == RestoreFindingSeverity.Error && !(request.Force && finding.Forcible))];
        if (against.Length > 0)
        {
            throw new RestoreNotSafeException(against);
        }

        if (request.Plan?.FindStale(plan) is { } stale)
        {
            throw new RestoreNotSafeException($"The plan is stale: {stale}. Nothing was changed.", "Make a new plan with -PlanOnly and look at it.");
        }
    }

    private async Task SwitchAsync(RestoreSession session, RestoreRecord record, CancellationToken cancellationToken)
    {
        RestoreSwitch forward = new(session, record);
        try
        {
            await forward.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            if (forward.Proved)
            {
                throw Announced(session, new RestoreUnfinishedException(record.Operation, $"The new cluster was proved, so nothing was put back, but then: {cause.Message} The components were not restarted: Restart-KubeComponent does that, and so does the end of the restore.", cause));
            }

            if (session.Request.NoRollback)
            {
                throw Announced(session, new RestoreUnfinishedException(record.Operation, $"{cause.Message} As asked, nothing was put back.", cause));
            }

            await RollBackAsync(session, record, cause).ConfigureAwait(false);
        }
    }

    private async Task RollBackAsync(RestoreSession session, RestoreRecord record, Exception cause)
    {
        story.Report(new HostWarning(session.Cluster.Name, $"The restore failed and is being rolled back: {cause.Message}"));
        RestoreReturn back = new(session, record.Operation, cause);
        try
        {
            // Not to be interrupted: half way back is the worst place to be.
            await back.RunAsync(session.Members[0].DataFolder, CancellationToken.None).ConfigureAwait(false);
        }
        catch (RestoreTakenOverException meanwhile)
        {
            throw Announced(session, meanwhile);
        }

        throw Announced(session, back.Lost.Count > 0 ? back.Unfinished() : new RestoreRolledBackException(record.Operation, cause, back));
    }

    // Errors of single hosts come before the one that says this, and a caller that stops at the first would not see it.
    private EtcdSnapshotException Announced(RestoreSession session, EtcdSnapshotException failure)
    {
        if (!session.Failures.IsEmpty)
        {
            story.Report(new HostWarning(session.Cluster.Name, failure.Message));
        }

        return failure;
    }

    private static RestoreRecord RecordOf(RestoreSession session, string operation)
        => session.Members.SelectMany(host => host.Look.Operations).First(record => record.Operation == operation);

    // What clients left that went away before they changed anything; the hosts are ours alone.
    private static async Task SweepAsync(RestoreSession session, CancellationToken cancellationToken)
    {
        foreach (RestoreHost host in session.Members)
        {
            foreach (RestoreRecord stale in host.Look.Operations.Where(operation => operation.Stale))
            {
                await SweepAsync(session, host, stale, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    internal static async Task SweepAsync(RestoreSession session, RestoreHost host, RestoreRecord stale, CancellationToken cancellationToken)
    {
        await RestoreSchedule.ReleaseAsync(session, host, stale.Operation, cancellationToken).ConfigureAwait(false);
        await host.RunAsync("unstage", cancellationToken, stale.Operation).ConfigureAwait(false);
    }
}
