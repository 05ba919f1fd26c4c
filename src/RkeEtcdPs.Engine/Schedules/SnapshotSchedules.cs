using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The recurring snapshot services of the etcd hosts of clusters.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done, and warned of what was found amiss.</param>
public sealed class SnapshotSchedules(HostOptions options, IProgress<HostEvent> story)
{
    private const string Activity = "Recurring snapshots";
    private const string Untouched = "The recurring snapshot service there was left as it was.";

    /// <summary>Tells what services there are. Changes nothing.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">Only its image and limits count.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>One outcome per host, in the order in which they answer; a host without a service is no failure.</returns>
    public IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> GetAsync(
        IReadOnlyList<SelectedNode> nodes, ScheduleRequest request, CancellationToken cancellationToken = default)
        => RunAsync(nodes, request, async (host, _, _, token) => await host.TellAsync(token).ConfigureAwait(false), approve: null, cancellationToken);

    /// <summary>Makes the services as they are to be; where one is so already, it goes on as if nothing had been.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">The values.</param>
    /// <param name="approve">Asked for each host, when it was looked at and before anything is changed there, maybe for several at once; null when nobody is to be asked.</param>
    /// <param name="cancellationToken">Stops it; a service that is just being replaced is replaced.</param>
    /// <returns>One outcome per host that was approved, or has failed, in the order in which they are done.</returns>
    /// <exception cref="ScheduleInvalidException">No service can be like that; nothing was changed.</exception>
    public IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> EnableAsync(
        IReadOnlyList<SelectedNode> nodes, ScheduleRequest request, Func<ScheduleChange, Task<bool>>? approve = null, CancellationToken cancellationToken = default)
    {
        Dictionary<SelectedNode, SchedulePlan> plans = nodes.ToDictionary(node => node, node => SchedulePlan.Make(node, request));
        // Of each cluster one at a time.
        Dictionary<RkeCluster, SemaphoreSlim> turns = nodes.Select(node => node.Cluster).Distinct().ToDictionary(cluster => cluster, _ => new SemaphoreSlim(1));
        return RunAsync(nodes, request, (host, node, ask, token) => host.EnableAsync(plans[node], ask, turns[node.Cluster], token), approve ?? Always, cancellationToken);
    }

    /// <summary>Removes the services; the snapshots stay.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">Only its image, limits and <see cref="ScheduleRequest.Force"/> count.</param>
    /// <param name="approve">Asked for each host, when it was looked at and before anything is changed there, maybe for several at once; null when nobody is to be asked.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One outcome per host that was approved, or has failed, in the order in which they are done; a host without a service is no failure.</returns>
    public IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> DisableAsync(
        IReadOnlyList<SelectedNode> nodes, ScheduleRequest request, Func<ScheduleChange, Task<bool>>? approve = null, CancellationToken cancellationToken = default)
        => RunAsync(nodes, request, (host, _, ask, token) => host.DisableAsync(ask, token), approve ?? Always, cancellationToken);

    private static Task<bool> Always(ScheduleChange change) => Task.FromResult(true);

    private async IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> RunAsync(
        IReadOnlyList<SelectedNode> nodes,
        ScheduleRequest request,
        Func<HostSchedule, SelectedNode, Func<ScheduleChange, Task<bool>>, CancellationToken, Task<EtcdSnapshotSchedule?>> work,
        Func<ScheduleChange, Task<bool>>? approve,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<Outcome<EtcdSnapshotSchedule>> outcomes = Channel.CreateUnbounded<Outcome<EtcdSnapshotSchedule>>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = request.ThrottleLimit, CancellationToken = stop.Token };
        Task all = Parallel.ForEachAsync(
            nodes,
            parallel,
            async (node, token) =>
            {
                if (await RunAsync(node, request, work, approve, token).ConfigureAwait(false) is { } outcome)
                {
                    outcomes.Writer.TryWrite(outcome);
                }
            });
        _ = all.ContinueWith(_ => outcomes.Writer.Complete(), TaskScheduler.Default);
        try
        {
            await foreach (Outcome<EtcdSnapshotSchedule> outcome in outcomes.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return outcome;
            }
        }
        finally
        {
            // Also when the caller stops listening half way.
            await stop.CancelAsync().ConfigureAwait(false);
            await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await all.ConfigureAwait(false);
    }

    // Null where it was not approved.
    private async Task<Outcome<EtcdSnapshotSchedule>?> RunAsync(
        SelectedNode selected,
        ScheduleRequest request,
        Func<HostSchedule, SelectedNode, Func<ScheduleChange, Task<bool>>, CancellationToken, Task<EtcdSnapshotSchedule?>> work,
        Func<ScheduleChange, Task<bool>>? approve,
        CancellationToken cancellationToken)
    {
        RkeNode node = selected.Node;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout ?? Timeout.InfiniteTimeSpan);
        string? progress = null;
        try
        {
            story.Report(new HostProgress(node.Name, Activity, "connecting") { Host = node });
            await using HostSchedule host = await HostSchedule.ConnectAsync(selected, request, options, story, limit.Token).ConfigureAwait(false);
            story.Report(new HostProgress(node.Name, Activity, "working") { Host = node });
            try
            {
                EtcdSnapshotSchedule? schedule = await work(host, selected, AskAsync, limit.Token).ConfigureAwait(false);
                return schedule is null ? null : new Outcome<EtcdSnapshotSchedule>(node, schedule);
            }
            finally
            {
                progress = host.Progress;
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            const string more = "Give it more time with -TimeoutSec.";
            string advice = approve is null ? more : $"{more} Get-EtcdSnapshotSchedule shows what is there, and the same command may be run again.";
            // A change that has begun is ended, whatever the time.
            progress ??= approve is null ? null : Untouched;
            return Failed(new TimedOutException(node, "The host's answer", request.Timeout ?? TimeSpan.Zero, advice));
        }
        catch (EtcdSnapshotException failure)
        {
            return Failed(failure);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return new Outcome<EtcdSnapshotSchedule>(node, new UnexpectedFailureException(node.Name, defect));
        }
        finally
        {
            story.Report(new HostProgress(node.Name, Activity, "done", Completed: true) { Host = node });
        }

        // Whoever is asked may take his time, and the host then has its own again.
        async Task<bool> AskAsync(ScheduleChange change)
        {
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            bool approved = await approve!(change).ConfigureAwait(false);
            limit.CancelAfter(request.Timeout ?? Timeout.InfiniteTimeSpan);
            return approved;
        }

        Outcome<EtcdSnapshotSchedule> Failed(EtcdSnapshotException failure)
        {
            if (progress is not null)
            {
                failure.Add(progress);
            }

            return new Outcome<EtcdSnapshotSchedule>(node, failure);
        }
    }
}
