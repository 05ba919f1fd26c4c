using System.Management.Automation;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Update-KubeApiServer: points the API servers at the etcd hosts of cluster.yml.</summary>
[Cmdlet(VerbsData.Update, "KubeApiServer", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(ApiServerUpdate), typeof(StaleTrace))]
public sealed class UpdateKubeApiServerCommand : RecoveryCmdlet
{
    /// <summary>Does not restart the components that watch through the API servers.</summary>
    [Parameter]
    public SwitchParameter NoComponentRestart { get; set; }

    /// <summary>Removes from etcd what hosts that are not in cluster.yml have left: leases of API servers, and Node objects.</summary>
    [Parameter]
    public SwitchParameter RemoveStale { get; set; }

    /// <summary>How long a new container may take to be healthy, in seconds, before the old one is put back: 2 minutes when not given.</summary>
    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    public override int TimeoutSec { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        ApiServerUpdateRequest request = new() { NoComponentRestart = NoComponentRestart, ToolsImage = ToolsImage, ThrottleLimit = ThrottleLimit };
        request = Timeout is { } limit ? request with { HealthLimit = limit } : request;
        ApiServerUpdater updater = new(HostOptions, pipeline);
        StaleTraces traces = new(HostOptions, pipeline);
        foreach (IGrouping<RkeCluster, SelectedNode> cluster in SelectNodes(clusters, NodeRoles.None).GroupBy(selected => selected.Cluster))
        {
            RkeNode[] nodes = [.. cluster.Select(selected => selected.Node)];
            bool failed = false;
            await pipeline.WriteAsync(Watched(updater.RunAsync(
                cluster.Key, nodes, request, change => ApproveAsync(pipeline, cluster.Key, change), waiting => ApproveAsync(pipeline, cluster.Key, waiting), cancellationToken), cancellationToken));
            // Which of them are dead is known only of a cluster that is as its cluster.yml says.
            if (RemoveStale && failed)
            {
                pipeline.Report(new HostWarning(cluster.Key.Name, "Nothing of what dead hosts have left was removed, because the update failed."));
            }

            await pipeline.WriteAsync(traces.RunAsync(cluster.Key, request, RemoveStale && !failed ? trace => ApproveAsync(pipeline, cluster.Key, trace) : null, cancellationToken));

            async IAsyncEnumerable<Outcome<ApiServerUpdate>> Watched(IAsyncEnumerable<Outcome<ApiServerUpdate>> outcomes, [EnumeratorCancellation] CancellationToken over = default)
            {
                await foreach (Outcome<ApiServerUpdate> outcome in outcomes.WithCancellation(over))
                {
                    failed |= outcome.Failure is not null;
                    yield return outcome;
                }
            }
        }
    }

    private Task<bool> ApproveAsync(CmdletPipeline pipeline, RkeCluster cluster, IReadOnlyList<string> waiting) => ApproveAsync(
        pipeline, cluster.Name, $"Restart what watches through the API servers: it has not been restarted since kube-apiserver was replaced on {string.Join(", ", waiting)}");

    private Task<bool> ApproveAsync(CmdletPipeline pipeline, RkeCluster cluster, ApiServerChange change) => ApproveAsync(pipeline, $"{cluster.Name}: {change.Node} ({change.Address})", Describe(change));

    private Task<bool> ApproveAsync(CmdletPipeline pipeline, RkeCluster cluster, StaleTrace trace) => ApproveAsync(
        pipeline,
        $"{cluster.Name}: {trace.Key}",
        trace.Kind == StaleTraceKind.Node
            ? $"Remove the Node object {trace.Name}, which no host of cluster.yml has, from etcd"
            : $"Remove the lease of the API server {trace.Name}, an address that no host of cluster.yml has, from etcd");

    private static string Describe(ApiServerChange change)
    {
        string first = change.Unfinished ? $"End the update of {change.Component} that was cut off" : "";
        string then = change.Settings.Count == 0 ? "" : $"eplace {change.Component}: {Endpoints(change)} ({string.Join(", ", change.Settings)})";
        return (first, then) switch
        {
            ("", _) => "R" + then,
            (_, "") => first,
            _ => $"{first}; then r{then}",
        };
    }

    private static string Endpoints(ApiServerChange change) => change.OldEndpoints.SequenceEqual(change.NewEndpoints)
        ? $"{string.Join(", ", change.NewEndpoints)} as before"
        : $"{string.Join(", ", change.OldEndpoints)} -> {string.Join(", ", change.NewEndpoints)}";
}
