using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Cmdlets.Probe;

/// <summary>Does nothing on hosts and everything with the pipeline, so that the plumbing can be tried in a real PowerShell.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "EtcdProbe", SupportsShouldProcess = true)]
[OutputType(typeof(RkeNode))]
public sealed class InvokeEtcdProbeCommand : ClusterCmdlet
{
    /// <summary>Works on nodes with this role only.</summary>
    [Parameter]
    public NodeRoles Role { get; set; }

    /// <summary>Fails on nodes of this name.</summary>
    [Parameter]
    public string? Fail { get; set; }

    /// <summary>Throws what no cmdlet expects.</summary>
    [Parameter]
    public SwitchParameter Crash { get; set; }

    /// <summary>Works this long on the second node, in milliseconds, twice as long on the third, and so on.</summary>
    [Parameter]
    public int Work { get; set; }

    /// <summary>A folder that gets a file for each node that has been cleaned up, one second after the work was cancelled.</summary>
    [Parameter]
    public string? CleanUpLog { get; set; }

    private protected override async Task RunAsync(
        IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        var nodes = new List<RkeNode>();
        foreach ((_, RkeNode node) in SelectNodes(clusters, Role))
        {
            if (await pipeline.ShouldProcessAsync(node.Name, "Probe"))
            {
                nodes.Add(node);
            }
        }

        Task<Outcome<RkeNode>>[] probes = [.. nodes.Select((node, place) => ProbeAsync(node, place * Work, pipeline, cancellationToken))];
        try
        {
            foreach (Task<Outcome<RkeNode>> probe in probes)
            {
                pipeline.Write(await probe);
            }
        }
        finally
        {
            await Task.WhenAll(probes);
        }

        if (Crash)
        {
            throw new InvalidTimeZoneException("The probe crashed.");
        }
    }

    private async Task<Outcome<RkeNode>> ProbeAsync(RkeNode node, int work, CmdletPipeline events, CancellationToken cancellationToken)
    {
        events.Report(new HostMessage(node.Name, "probing"));
        events.Report(new HostProgress(node.Name, "Probing", "reading", 1, 2));
        try
        {
            await Task.Delay(work, cancellationToken);
        }
        catch (OperationCanceledException) when (CleanUpLog is not null)
        {
            await Task.Delay(1000, CancellationToken.None);
            events.Report(new HostWarning(node.Name, "said after the end"));
            await File.WriteAllTextAsync(Path.Combine(CleanUpLog, node.Name), "", CancellationToken.None);
            throw;
        }

        events.Report(new HostProgress(node.Name, "Probing", "done", 2, 2, Completed: true));
        return node.Name == Fail
            ? new Outcome<RkeNode>(node, new NodeNotFoundException($"{node.Name} is not there.", "Look for it.") { Node = node.Name })
            : new Outcome<RkeNode>(node, node);
    }
}
