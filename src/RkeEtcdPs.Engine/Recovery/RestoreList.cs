using System.Globalization;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The restores that hosts remember, and what they keep; and the removal of that.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done.</param>
public sealed class RestoreList(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Lists them, also while a restore is at work.</summary>
    /// <returns>One outcome per host and restore, oldest first, or one with the host's failure.</returns>
    public async IAsyncEnumerable<Outcome<EtcdRestore>> RunAsync(
        RkeCluster cluster, IReadOnlyList<RkeNode> nodes, RestoreRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using RestoreSession session = new(cluster, nodes, request, options, story, onlyMembers: true);
        foreach (Outcome<EtcdRestore> failed in await OpenAsync(session, exclusive: false, cancellationToken).ConfigureAwait(false))
        {
            yield return failed;
        }

        foreach (RestoreHost host in session.Members)
        {
            foreach (RestoreRecord record in host.Look.Operations)
            {
                if (record.Damaged)
                {
                    story.Report(new HostWarning(host.Node.Name, $"The record of the restore {record.Operation} is lost or damaged: {host.PathOf(record.Operation, "record")}."));
                }

                yield return new Outcome<EtcdRestore>(host.Node, Describe(host, record));
            }
        }
    }

    /// <summary>Drops what finished restores keep, and what one left that never changed anything. Never of one that is half way.</summary>
    /// <param name="cluster">The cluster. All of its etcd hosts are looked at: what one of them keeps, another may need.</param>
    /// <param name="chosen">The restores, each on each host where its data is to go.</param>
    /// <param name="request">How to work.</param>
    /// <param name="approve">Asked for each restore on each host; false leaves it.</param>
    /// <param name="cancellationToken">Stops after the host at hand.</param>
    /// <returns>One outcome per host and restore: what was dropped, or why not.</returns>
    public async IAsyncEnumerable<Outcome<EtcdRestore>> RemoveAsync(
        RkeCluster cluster,
        IReadOnlyCollection<RestoreOnHost> chosen,
        RestoreRequest request,
        Func<EtcdRestore, Task<bool>> approve,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using RestoreSession session = new(cluster, cluster.EtcdNodes, request, options, story, onlyMembers: true);
        foreach (Outcome<EtcdRestore> failed in await OpenAsync(session, exclusive: true, cancellationToken).ConfigureAwait(false))
        {
            yield return failed;
        }

        HashSet<string> found = [];
        foreach (RestoreHost host in session.Members)
        {
            foreach (RestoreRecord record in host.Look.Operations.Where(record => chosen.Any(one => one.Node == host.Node.Name && one.Operation == record.Operation)))
            {
                found.Add(record.Operation);
                if (await RemoveAsync(session, host, record, approve, cancellationToken).ConfigureAwait(false) is { } outcome)
                {
                    yield return outcome;
                }
            }
        }

        // Where a host could not be looked at, its own failure says so.
        foreach (IGrouping<string, RestoreOnHost> missing in chosen.GroupBy(one => one.Operation).Where(one => !found.Contains(one.Key)))
        {
            RestoreHost[] hosts = [.. session.Members.Where(host => missing.Any(one => one.Node == host.Node.Name))];
            if (Array.TrueForAll(hosts, host => host.Locked))
            {
                yield return new Outcome<EtcdRestore>(
                    hosts[0].Node, new RestoreNotSafeException($"There is no restore {missing.Key} on {string.Join(", ", hosts.Select(host => host.Node.Name))}.", "Get-EtcdRestore shows those that there are."));
            }
        }
    }

    internal static EtcdRestore Describe(RestoreHost host, RestoreRecord record) => new()
    {
        ClusterName = host.Cluster.Name,
        Node = host.Node.Name,
        Operation = record.Operation,
        Phase = record.Phase,
        Snapshot = record.Snapshot.Length > 0 ? record.Snapshot : null,
        StartedAt = DateTime.TryParse(record.Lines.GetValueOrDefault("started"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime started) ? started : null,
        Path = $"{host.DataFolder}/{RestoreScript.Folder}/{record.Operation}",
        Components = record.Components,
        KeptDataSize = record.Kept,
        UndoneDataSize = record.Undone,
    };

    private static async Task<Outcome<EtcdRestore>?> RemoveAsync(
        RestoreSession session, RestoreHost host, RestoreRecord record, Func<EtcdRestore, Task<bool>> approve, CancellationToken cancellationToken)
    {
        EtcdRestore restore = Describe(host, record);
        // Going back takes what all of its hosts keep: as long as one of them may need to, none may drop it.
        if (FindUnfinished(session, record) is { } unfinished)
        {
            return new Outcome<EtcdRestore>(host.Node, new RestoreNotSafeException(
                $"The restore {record.Operation} is not known to be finished on every host: {unfinished}. What it keeps may be needed.", "With all of its hosts at hand, try again. Or finish it with Restore-EtcdSnapshot, or put the old data back with Undo-EtcdRestore.")
            { Node = host.Node.Name });
        }

        if (!await approve(restore).ConfigureAwait(false))
        {
            return null;
        }

        try
        {
            if (record.Stale)
            {
                await SnapshotRestore.SweepAsync(session, host, record, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await host.RunAsync("drop", cancellationToken, record.Operation).ConfigureAwait(false);
            }

            return new Outcome<EtcdRestore>(host.Node, restore);
        }
        catch (EtcdSnapshotException failure)
        {
            return new Outcome<EtcdRestore>(host.Node, failure);
        }
    }

    /// <summary>A host of the restore that was not looked at, or where it is not finished; null when there is none.</summary>
    private static string? FindUnfinished(RestoreSession session, RestoreRecord record)
    {
        // Where some hosts have their old data again and others do not yet, an undoing has passed over a host that it could not reach.
        bool undone = session.Members.Any(member => Find(member)?.Phase == RestorePhase.Undone);
        // Where nothing was changed on any host nothing is needed. A record that is damaged does not tell its hosts, but others do.
        bool begun = session.Members.Any(member => Find(member) is { Stale: false });
        return session.Members.SelectMany(member => Find(member)?.Members ?? []).Distinct().Where(IsThere).FirstOrDefault(name =>
            session.Members.FirstOrDefault(member => member.Node.Name == name) is not { Locked: true } member
            || (begun && Find(member) is { Phase: not (RestorePhase.Done or RestorePhase.Undone) })
            || (undone && Find(member) is { Phase: RestorePhase.Done }));

        RestoreRecord? Find(RestoreHost member) => member.Look.Find(record.Operation);

        // One that was taken out of cluster.yml is gone for good, and with it what it kept.
        bool IsThere(string name) => session.Cluster.EtcdNodes.Any(node => node.Name == name);
    }

    private static async Task<IReadOnlyList<Outcome<EtcdRestore>>> OpenAsync(RestoreSession session, bool exclusive, CancellationToken cancellationToken)
    {
        List<RestoreFinding> findings = [];
        await new SessionOpening(session, findings, exclusive).RunAsync(cancellationToken).ConfigureAwait(false);
        return [.. findings.Select(finding => new Outcome<EtcdRestore>(
            session.Members.First(host => host.Node.Name == finding.Node).Node, finding.Failure ?? new RestoreNotSafeException(finding.Message, finding.Advice) { Node = finding.Node }))];
    }
}
