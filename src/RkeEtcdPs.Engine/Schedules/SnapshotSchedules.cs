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

    /// <summary>Tells what services there are. Changes nothing.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">Only its image and limits count.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <returns>One outcome per host, in the order in which they answer; a host without a service is no failure.</returns>
    public IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> GetAsync(
        IReadOnlyList<SelectedNode> nodes, ScheduleRequest request, CancellationToken cancellationToken = default)
        => RunAsync(nodes, request, (host, _, token) => host.TellAsync(token), cancellationToken);

    /// <summary>Makes the services as they are to be; where one is so already, it goes on as if nothing had been.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">The values.</param>
    /// <param name="cancellationToken">Stops it; a service that is just being replaced is replaced.</param>
    /// <returns>One outcome per host, in the order in which they are done.</returns>
    /// <exception cref="ScheduleInvalidException">No service can be like that; nothing was changed.</exception>
    public IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> EnableAsync(
        IReadOnlyList<SelectedNode> nodes, ScheduleRequest request, CancellationToken cancellationToken = default)
    {
        Dictionary<SelectedNode, SchedulePlan> plans = nodes.ToDictionary(node => node, node => SchedulePlan.Make(node, request));
        return RunAsync(nodes, request, (host, node, token) => host.EnableAsync(plans[node], token), cancellationToken);
    }

    /// <summary>Removes the services; the snapshots stay.</summary>
    /// <param name="nodes">Hosts with the etcd role, of one or more clusters.</param>
    /// <param name="request">Only its image, limits and <see cref="ScheduleRequest.Force"/> count.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One outcome per host, in the order in which they are done; a host without a service is no failure.</returns>
    public IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> DisableAsync(
        IReadOnlyList<SelectedNode> nodes, ScheduleRequest request, CancellationToken cancellationToken = default)
        => RunAsync(nodes, request, (host, _, token) => host.DisableAsync(token), cancellationToken);

    private async IAsyncEnumerable<Outcome<EtcdSnapshotSchedule>> RunAsync(
        IReadOnlyList<SelectedNode> nodes,
        ScheduleRequest request,
        Func<HostSchedule, SelectedNode, CancellationToken, Task<EtcdSnapshotSchedule>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<Outcome<EtcdSnapshotSchedule>> outcomes = Channel.CreateUnbounded<Outcome<EtcdSnapshotSchedule>>();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = request.ThrottleLimit, CancellationToken = stop.Token };
        Task all = Parallel.ForEachAsync(
            nodes, parallel, async (node, token) => outcomes.Writer.TryWrite(await RunAsync(node, request, work, token).ConfigureAwait(false)));
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

    private async Task<Outcome<EtcdSnapshotSchedule>> RunAsync(
        SelectedNode selected,
        ScheduleRequest request,
        Func<HostSchedule, SelectedNode, CancellationToken, Task<EtcdSnapshotSchedule>> work,
        CancellationToken cancellationToken)
    {
        RkeNode node = selected.Node;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout ?? Timeout.InfiniteTimeSpan);
        try
        {
            story.Report(new HostProgress(node.Name, Activity, "connecting"));
            await using HostSchedule host = await HostSchedule.ConnectAsync(selected, request, options, story, limit.Token).ConfigureAwait(false);
            story.Report(new HostProgress(node.Name, Activity, "working"));
            return new Outcome<EtcdSnapshotSchedule>(node, await work(host, selected, limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new Outcome<EtcdSnapshotSchedule>(node, new TimedOutException(node, "The host's answer", request.Timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec."));
        }
        catch (EtcdSnapshotException failure)
        {
            return new Outcome<EtcdSnapshotSchedule>(node, failure);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return new Outcome<EtcdSnapshotSchedule>(node, new UnexpectedFailureException(node.Name, defect));
        }
        finally
        {
            story.Report(new HostProgress(node.Name, Activity, "done", Completed: true));
        }
    }
}
