using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Saves one snapshot on many hosts.</summary>
/// <remarks>
/// First every host is logged in to, locked and looked at; a name that is taken anywhere stops the whole request there. Then the
/// hosts save in parallel. Each gives one outcome, as soon as it is known.
/// </remarks>
public sealed class SnapshotSave(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Saves on the given hosts.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">What to save.</param>
    /// <param name="cancellationToken">Stops the work; what was begun on the hosts is cleaned up before the enumeration ends.</param>
    /// <returns>One outcome per host, in the order in which they finish.</returns>
    /// <exception cref="SnapshotNameInvalidException">No snapshot may have that name.</exception>
    /// <exception cref="SnapshotExistsException">A host has a snapshot of that name; nothing was started anywhere.</exception>
    public async IAsyncEnumerable<Outcome<EtcdSnapshot>> RunAsync(
        IReadOnlyList<SelectedNode> nodes, SaveRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        SnapshotName.Validate(request.Name);
        Channel<Outcome<EtcdSnapshot>> outcomes = Channel.CreateUnbounded<Outcome<EtcdSnapshot>>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task work = WorkAsync(nodes, request, outcomes.Writer, stop.Token);
        List<RkeNode> saved = [];
        try
        {
            await foreach (Outcome<EtcdSnapshot> outcome in outcomes.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (outcome.Value is not null)
                {
                    saved.Add(outcome.Node);
                }

                yield return outcome;
            }
        }
        finally
        {
            // Also when the caller stops listening half way: its hosts are left clean.
            await stop.CancelAsync().ConfigureAwait(false);
            await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested && saved.Count > 0)
            {
                story.Report(new HostFarewell(
                    saved[0].ClusterName, $"The save was stopped. Snapshot {request.Name} was finished and verified on {string.Join(", ", saved)} before, and stays there."));
            }
        }

        await work.ConfigureAwait(false);
        foreach (RkeCluster cluster in nodes.Select(node => node.Cluster).Distinct(ReferenceEqualityComparer.Instance).Cast<RkeCluster>())
        {
            int count = saved.Count(node => cluster.Nodes.Contains(node, ReferenceEqualityComparer.Instance));
            int all = cluster.EtcdNodes.Count();
            story.Report(new HostMessage(
                cluster.Name, count == all ? $"[etcd] Snapshot [{request.Name}] is on all {all} etcd hosts" : $"[etcd] Snapshot [{request.Name}] is on {count} of {all} etcd hosts"));
        }
    }

    private async Task WorkAsync(
        IReadOnlyList<SelectedNode> nodes, SaveRequest request, ChannelWriter<Outcome<EtcdSnapshot>> outcomes, CancellationToken cancellationToken)
    {
        try
        {
            await using SaveRound round = new(options, story, request, outcomes);
            await round.RunAsync(nodes, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            outcomes.Complete();
        }
    }
}
