using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Saves on one member of a cluster and copies to its other hosts, so that all hold the same bytes.</summary>
internal sealed class SingleSourceSave(SaveRound round, IProgress<HostEvent> story)
{
    // One that is silent does not keep all from being saved.
    private static readonly TimeSpan QueryLimit = TimeSpan.FromSeconds(10);

    /// <param name="hosts">The hosts of one cluster, logged in and locked; at least one.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task RunAsync(IReadOnlyList<HostSave> hosts, CancellationToken cancellationToken)
    {
        Dictionary<HostSave, EtcdSnapshotException> failures = [];
        foreach (HostSave source in await OrderByHealthAsync(hosts, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                EtcdSnapshot snapshot = await round.LimitAsync(source.Selected, token => SaveAsync(source, token), cancellationToken).ConfigureAwait(false);
                round.Succeed(source.Selected, snapshot);
                await CopyAsync(source, snapshot, [.. hosts.Where(host => host != source)], cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (EtcdSnapshotException failure)
            {
                failures[source] = failure;
                story.Report(new HostWarning(source.Node.Name, $"It cannot be the source. {failure.Message} {failure.Advice}"));
            }
        }

        foreach (HostSave host in hosts)
        {
            round.Fail(host.Selected, failures[host]);
        }
    }

    private static async Task<EtcdSnapshot> SaveAsync(HostSave source, CancellationToken cancellationToken)
    {
        await source.LockToSaveAsync(cancellationToken).ConfigureAwait(false);
        return await source.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Members that take part in the quorum first and, among these, the most advanced; a member cut off may lag behind.</summary>
    private async Task<IEnumerable<HostSave>> OrderByHealthAsync(IReadOnlyList<HostSave> hosts, CancellationToken cancellationToken)
    {
        var members = await Task.WhenAll(hosts.Select(async host => (Host: host, Member: await QueryAsync(host, cancellationToken).ConfigureAwait(false))))
            .ConfigureAwait(false);
        return members
            .OrderByDescending(item => item.Member?.Healthy == true && item.Member.IsLearner != true)
            .ThenByDescending(item => item.Member?.Revision ?? -1)
            .Select(item => item.Host);
    }

    private async Task<EtcdMember?> QueryAsync(HostSave host, CancellationToken cancellationToken)
    {
        try
        {
            return await round.LimitAsync(host.Selected, token => QueryInTimeAsync(host, token), cancellationToken).ConfigureAwait(false);
        }
        catch (EtcdSnapshotException)
        {
            return null; // It comes last; if the save fails there too, that failure is reported.
        }
    }

    private static async Task<EtcdMember?> QueryInTimeAsync(HostSave host, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(QueryLimit);
        try
        {
            return await host.QueryMemberAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task CopyAsync(HostSave source, EtcdSnapshot snapshot, IReadOnlyList<HostSave> hosts, CancellationToken cancellationToken)
    {
        HostSave?[] locked = await Task.WhenAll(hosts.Select(host => round.AttemptAsync(
            host.Selected,
            async token =>
            {
                await host.PrepareToReceiveAsync(snapshot, token).ConfigureAwait(false);
                return host;
            },
            cancellationToken))).ConfigureAwait(false);
        if (locked.All(host => host is null))
        {
            return;
        }

        SnapshotFanOut fanOut = new(locked.OfType<HostSave>().Count(), round.StallLimit);
        Task reading = fanOut.SendAsync(source.Node.Name, source.ReadAsync, async error => await source.ExplainAsync(error).ConfigureAwait(false), cancellationToken);
        int branch = 0;
        await Task.WhenAll(locked.OfType<HostSave>().Select(host => ReceiveAsync(host, source, snapshot, fanOut, fanOut.Branches[branch++], cancellationToken))).ConfigureAwait(false);
        await reading.ConfigureAwait(false);
    }

    private async Task ReceiveAsync(HostSave host, HostSave source, EtcdSnapshot snapshot, SnapshotFanOut fanOut, Stream content, CancellationToken cancellationToken)
    {
        await using (content.ConfigureAwait(false))
        {
            // Not under the throttle: a host that waits its turn would hold up the one stream that feeds them all.
            EtcdSnapshot? copy = await round.AttemptAsync(
                host.Selected,
                async token =>
                {
                    try
                    {
                        return await host.ReceiveAsync(content, snapshot.Size, snapshot.CreatedAt, token).ConfigureAwait(false);
                    }
                    catch (EtcdSnapshotException failure) when (failure.Is(fanOut.Failure))
                    {
                        throw failure.With($"So {host.Node.Name} got no copy of {snapshot.Name}, which was saved and verified on {source.Node.Name} before: Copy-EtcdSnapshot copies it from there.");
                    }
                },
                cancellationToken,
                throttled: false).ConfigureAwait(false);
            if (copy is not null)
            {
                round.Succeed(host.Selected, copy);
            }
        }
    }
}
