using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Puts the data back that a restore replaced, from what is on the hosts alone.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done.</param>
public sealed class RestoreUndo(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Undoes a restore, finished or not; and goes on where an undoing was cut off.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="operation">The restore's id; null for an unfinished one, otherwise the last that is done.</param>
    /// <param name="request">Limits, and <see cref="RestoreRequest.Force"/> to go on without hosts that cannot be reached. Its name does not matter.</param>
    /// <param name="approve">Asked with the operation's id, as the hosts remember it, before the first change; false ends it there.</param>
    /// <param name="cancellationToken">Stops it before the first change; then it goes on to its end.</param>
    /// <returns>One result per host, as soon as the old cluster is proved, and after them what did not come back of the components; nothing when it was not approved.</returns>
    /// <exception cref="RestoreNotSafeException">There is nothing to undo, or something forbids it; nothing was changed.</exception>
    /// <exception cref="LockLostException">Another client may have worked on the hosts while the question stood; nothing was changed.</exception>
    /// <exception cref="RestoreUnfinishedException">Something is left to be done by another call.</exception>
    public async IAsyncEnumerable<Outcome<RestoreResult>> RunAsync(
        RkeCluster cluster, string? operation, RestoreRequest request, Func<EtcdRestore, Task<bool>> approve, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using RestoreSession session = new(cluster, cluster.EtcdNodes, request, options, story);
        RestoreEnd end = new(session, options, RestorePhase.Undone);
        await foreach (Outcome<RestoreResult> outcome in end.RunAsync(() => ReturnAsync(session, operation, request, approve, cancellationToken), cancellationToken).ConfigureAwait(false))
        {
            yield return outcome;
        }
    }

    private static async Task<RestoreRecord?> ReturnAsync(
        RestoreSession session, string? operation, RestoreRequest request, Func<EtcdRestore, Task<bool>> approve, CancellationToken cancellationToken)
    {
        List<RestoreFinding> findings = [];
        await new SessionOpening(session, findings) { ReplacesData = true }.RunAsync(cancellationToken).ConfigureAwait(false);
        if (!session.Members.Any(host => host.Locked))
        {
            throw new RestoreNotSafeException([.. findings]);
        }

        RestoreRecord record;
        try
        {
            record = Choose(session, operation);
        }
        catch (RestoreNotSafeException)
        {
            Refuse(findings, request.Force);
            await RestoreSchedule.ReleaseStaleAsync(session, cancellationToken).ConfigureAwait(false);
            throw;
        }

        // A host that had no part in the restore, because it was gone even then, need not be there now.
        string[] members = [.. record.Members, .. session.Members.Where(host => host.Look.Find(record.Operation) is not null).Select(host => host.Node.Name)];
        findings.RemoveAll(finding => finding.Node is { } node && !members.Contains(node) && !record.ApiServers.Contains(node) && session.Members.Any(host => host.Node.Name == node));
        Refuse(findings, request.Force);
        session.KeepMembers(members);
        if (DamagedRecord.Find(session.Members.Where(host => host.Locked), record.Operation) is { } damaged)
        {
            throw damaged;
        }

        CheckKept(session, record);
        CheckComplete(session, record, request.Force);
        RestoreHost first = session.Members.First(host => host.Look.Operations.Contains(record));
        if (!await approve(RestoreList.Describe(first, record)).ConfigureAwait(false))
        {
            return null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        // While somebody took his time with the answer another client may have gone on, and all that was asked and found before would be of yesterday.
        await session.StepAsync(
            RestoreStep.CheckLock, session.Members.Where(host => host.Locked), session.WhileLocked((host, token) => host.RunAsync("beat", token)), cancellationToken).ConfigureAwait(false);
        if (NeedsRestart(record) && session.Members.Where(host => host.Locked || !request.Force).All(host => host.Look.Find(record.Operation) is { Phase: RestorePhase.Undone }))
        {
            return record; // All that is left is the restart of the components, which follows.
        }

        RestoreReturn back = new(session, record.Operation, cause: null);
        await back.RunAsync(first.DataFolder, CancellationToken.None).ConfigureAwait(false);
        if (back.Lost.Count > 0)
        {
            throw back.Unfinished();
        }

        return record;
    }

    // A host that is gone may be passed over; one at which somebody works, or of which nothing is understood, may not.
    private static void Refuse(List<RestoreFinding> findings, bool force)
    {
        if (findings.Any(finding => finding.Severity == RestoreFindingSeverity.Error
            && !(force && (finding.Forcible || finding.Failure is NodeUnreachableException or TimedOutException or DockerUnavailableException))))
        {
            throw new RestoreNotSafeException([.. findings]);
        }
    }

    private static RestoreRecord Choose(RestoreSession session, string? operation)
    {
        RestoreRecord[] all = [.. session.Members.SelectMany(host => host.Look.Operations).Where(record => record.Phase is not (null or RestorePhase.Staging)).OrderBy(record => record.Operation, StringComparer.Ordinal)];
        RestoreRecord chosen = all.LastOrDefault(record => operation is null ? record.Unfinished : record.Operation == operation)
            ?? all.LastOrDefault(record => operation is null && (record.Phase == RestorePhase.Done || NeedsRestart(record)))
            ?? throw FindDamaged(session, operation) ?? new RestoreNotSafeException(
                operation is null ? "There is no restore to undo on these hosts." : $"There is no restore {operation} on these hosts.", "Get-EtcdRestore shows those that there are.");
        if (all.FirstOrDefault(other => string.CompareOrdinal(other.Operation, chosen.Operation) > 0 && other.Phase != RestorePhase.Undone) is { } later)
        {
            throw new RestoreNotSafeException($"The restore {chosen.Operation} was followed by {later.Operation}, whose data would be replaced.", $"Undo {later.Operation} first.");
        }

        // Of the records on the hosts the one that has come least far decides whether there is anything left to do.
        RestoreRecord[] same = [.. all.Where(record => record.Operation == chosen.Operation)];
        return same.FirstOrDefault(record => record.Phase != RestorePhase.Undone) ?? same.FirstOrDefault(NeedsRestart)
            ?? throw new RestoreNotSafeException($"The restore {chosen.Operation} is undone already.", "Get-EtcdRestore shows what each host keeps.");
    }

    // Of those of which no host has a record that is understood.
    private static RestoreNotSafeException? FindDamaged(RestoreSession session, string? operation)
        => session.Members.SelectMany(host => host.Look.Operations).LastOrDefault(record => record.Damaged && (operation ?? record.Operation) == record.Operation) is { } damaged
            ? DamagedRecord.Find(session.Members.Where(host => host.Locked), damaged.Operation)
            : null;

    // Undone, but the client went away before all components had been restarted.
    private static bool NeedsRestart(RestoreRecord record) => record is { Phase: RestorePhase.Undone, Components: ComponentsAfter.Pending or ComponentsAfter.Failed };

    /// <summary>Where some hosts keep old data and others know nothing of the restore, what is left would go back alone.</summary>
    private static void CheckComplete(RestoreSession session, RestoreRecord record, bool force)
    {
        bool keeps = session.Members.Any(host => host.Look.Find(record.Operation) is { Kept: not null });
        string[] without = [.. session.Members
            .Where(host => host.Locked && record.Members.Contains(host.Node.Name) && host.Look.Find(record.Operation) is null)
            .Select(host => host.Node.Name)];
        if (keeps && without.Length > 0 && !force)
        {
            throw new RestoreNotSafeException(
                $"The restore {record.Operation} has left nothing on {string.Join(", ", without)}, so the old data cannot be put back there.",
                "Restore a snapshot instead. If the restore never got as far as these hosts, and they still have their old data: -Force.");
        }
    }

    private static void CheckKept(RestoreSession session, RestoreRecord record)
    {
        string[] without = [.. session.Members
            .Where(host => host.Look.Find(record.Operation) is { Phase: RestorePhase.Done, Old: "member", Kept: null })
            .Select(host => host.Node.Name)];
        if (without.Length > 0)
        {
            throw new RestoreNotSafeException($"The data that the restore {record.Operation} replaced is no longer kept on {string.Join(", ", without)}.", "Restore a snapshot instead.");
        }
    }
}
