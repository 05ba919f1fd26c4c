using System.Runtime.CompilerServices;
using System.Threading.Channels;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>Finds what would make a snapshot or a restore fail, on many nodes at once. Changes nothing there.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="time">The clock.</param>
/// <param name="story">Told what is done.</param>
public sealed class NodeTest(HostOptions options, TimeProvider time, IProgress<HostEvent> story)
{
    private const string Activity = "Testing";

    /// <summary>Tests nodes.</summary>
    /// <param name="nodes">The nodes, of one or more clusters.</param>
    /// <param name="request">What counts as good enough.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found, node by node as they finish, and at least one finding of each. A node's failure is a finding.</returns>
    public async IAsyncEnumerable<NodeCheck> RunAsync(
        IReadOnlyList<SelectedNode> nodes, NodeTestRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        Channel<IReadOnlyList<NodeCheck>> done = Channel.CreateUnbounded<IReadOnlyList<NodeCheck>>();
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = request.ThrottleLimit, CancellationToken = cancellationToken };
        Task work = Parallel.ForEachAsync(
            nodes, parallel, async (node, token) => done.Writer.TryWrite(await TestAsync(node, request, token).ConfigureAwait(false)));
        _ = work.ContinueWith(_ => done.Writer.Complete(), TaskScheduler.Default);
        await foreach (IReadOnlyList<NodeCheck> checks in done.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            foreach (NodeCheck check in checks)
            {
                yield return check;
            }
        }

        await work.ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<NodeCheck>> TestAsync(SelectedNode selected, NodeTestRequest request, CancellationToken cancellationToken)
    {
        RkeNode node = selected.Node;
        NodeFindings findings = new(node);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout ?? Timeout.InfiniteTimeSpan);
        try
        {
            story.Report(new HostProgress(node.Name, Activity, "reaching it") { Host = node });
            HostExamination? examination = await HostExamination.OpenAsync(selected, request, options, time, findings, story, limit.Token).ConfigureAwait(false);
            if (examination is not null)
            {
                await using (examination.ConfigureAwait(false))
                {
                    await examination.RunAsync(limit.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            findings.Fail(findings.Current, new TimedOutException(node, "The test", request.Timeout ?? TimeSpan.Zero, "Give it more time with -TimeoutSec."));
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            // Of this node alone: the others are tested.
            findings.Fail(findings.Current, defect as EtcdSnapshotException ?? new UnexpectedFailureException(node.Name, defect));
        }
        finally
        {
            story.Report(new HostProgress(node.Name, Activity, "done", Completed: true) { Host = node });
        }

        return findings.Checks;
    }
}
