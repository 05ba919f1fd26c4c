using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Members;

/// <summary>Asks the etcd members of clusters about themselves, and says for each cluster whether it has its quorum.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done, and warned about a cluster without its quorum or with none to spare.</param>
public sealed class ClusterMembers(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Asks the members on the given hosts.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="throttleLimit">How many hosts are asked at once.</param>
    /// <param name="timeout">The limit for one host; null for that of its requests alone.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>One outcome per host, in the order in which they answer.</returns>
    public async IAsyncEnumerable<Outcome<EtcdMember>> RunAsync(
        IReadOnlyList<SelectedNode> nodes, int throttleLimit, TimeSpan? timeout, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ConcurrentBag<(RkeCluster Cluster, EtcdMember Member)> members = [];
        Channel<Outcome<EtcdMember>> outcomes = Channel.CreateUnbounded<Outcome<EtcdMember>>();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = throttleLimit, CancellationToken = cancellationToken };
        Task work = Parallel.ForEachAsync(nodes, parallel, async (node, token) =>
        {
            Outcome<EtcdMember> outcome = await AskAsync(node.Node, timeout, token).ConfigureAwait(false);
            if (outcome.Value is { } member)
            {
                members.Add((node.Cluster, member));
            }

            outcomes.Writer.TryWrite(outcome);
        });
        _ = work.ContinueWith(_ => outcomes.Writer.Complete(), TaskScheduler.Default);
        await foreach (Outcome<EtcdMember> outcome in outcomes.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            yield return outcome;
        }

        await work.ConfigureAwait(false);
        // By reference: clusters without a name in their files are all called the same.
        foreach (RkeCluster cluster in nodes.Select(node => node.Cluster).Distinct(ReferenceEqualityComparer.Instance).Cast<RkeCluster>())
        {
            TellQuorum(cluster, [.. members.Where(member => ReferenceEquals(member.Cluster, cluster)).Select(member => member.Member)]);
        }
    }

    private async Task<Outcome<EtcdMember>> AskAsync(RkeNode node, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout ?? Timeout.InfiniteTimeSpan);
        try
        {
            story.Report(new HostProgress(node.Name, "Asking etcd members", "asking") { Host = node });
            DockerEngine engine = await DockerEngine.ConnectAsync(node, options, limit.Token).ConfigureAwait(false);
            await using (engine.ConfigureAwait(false))
            {
                return new Outcome<EtcdMember>(node, await MemberQuery.RunAsync(engine, limit.Token).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Outcome<EtcdMember>(node, new TimedOutException(node, "The member's answer", timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec."));
        }
        catch (EtcdSnapshotException failure)
        {
            return new Outcome<EtcdMember>(node, failure);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return new Outcome<EtcdMember>(node, new UnexpectedFailureException(node.Name, defect));
        }
        finally
        {
            story.Report(new HostProgress(node.Name, "Asking etcd members", "done", Completed: true) { Host = node });
        }
    }

    private void TellQuorum(RkeCluster cluster, IReadOnlyList<EtcdMember> members)
    {
        if (members.Count == 0)
        {
            story.Report(new HostWarning(cluster.Name, "No etcd member could be asked: whether the quorum holds is not known."));
            return;
        }

        int all = cluster.EtcdNodes.Count();
        int quorum = (all / 2) + 1;
        int healthy = members.Count(member => member is { Healthy: true, IsLearner: false });
        string counts = $"{healthy} of {all} etcd members are healthy and {quorum} are the quorum";
        story.Report((members.Any(member => member.Healthy), healthy - quorum) switch
        {
            (false, _) => new HostWarning(cluster.Name, $"None of the {members.Count} members that answered serves reads or writes; the cluster has {all}."),
            (true, < 0) => new HostMessage(cluster.Name, $"{counts}; not all members were asked, but those that answered have it."),
            (true, 0) when all > 1 => new HostWarning(cluster.Name, $"{counts}: the cluster serves, but not one more may fail."),
            _ => new HostMessage(cluster.Name, $"{counts}."),
        });
    }
}
