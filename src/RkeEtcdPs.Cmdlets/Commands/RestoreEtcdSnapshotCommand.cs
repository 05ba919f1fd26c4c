using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Restore-EtcdSnapshot: a cluster as it was when the snapshot was taken, with a way back.</summary>
[Cmdlet(VerbsData.Restore, "EtcdSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = ByName)]
[OutputType(typeof(RestoreResult), typeof(RestorePlan))]
public sealed class RestoreEtcdSnapshotCommand : RecoveryCmdlet
{
    private const string ByName = "Name";
    private const string ByPlan = "Plan";

    /// <summary>The name of the snapshot, the same on every host.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SnapshotNameCompleter))]
    public string? Name { get; set; }

    /// <summary>A plan of <see cref="PlanOnly"/> that was looked at: refused when the hosts are no longer as they were then.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ByPlan)]
    public RestorePlan? Plan { get; set; }

    /// <summary>The etcd host whose copy is given to those that have none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string? SourceNode { get; set; }

    /// <summary>Emits the plan, with all that was found, and changes nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>When the switch fails, leaves everything as it is, to be looked at.</summary>
    [Parameter]
    public SwitchParameter NoRollback { get; set; }

    /// <summary>Does not restart the Kubernetes components after the proof.</summary>
    [Parameter]
    public SwitchParameter NoComponentRestart { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        string name = Name ?? Plan!.Snapshot;
        SnapshotName.Validate(name);
        SnapshotRestore restore = new(HostOptions, pipeline);
        foreach (RkeCluster cluster in clusters)
        {
            RestoreRequest request = NewRequest(name) with { SourceNode = SourceNode, NoRollback = NoRollback, NoComponentRestart = NoComponentRestart, Plan = Plan };
            if (PlanOnly)
            {
                pipeline.WriteObject(await restore.PlanAsync(cluster, request, cancellationToken));
                continue;
            }

            foreach (RestoreResult result in await restore.RunAsync(cluster, request, plan => ApproveAsync(pipeline, plan), cancellationToken))
            {
                pipeline.WriteObject(result);
            }
        }
    }

    private async Task<bool> ApproveAsync(CmdletPipeline pipeline, RestorePlan plan)
    {
        foreach (RestoreFinding finding in plan.Findings)
        {
            pipeline.WriteWarning($"{finding} {finding.Advice}");
        }

        if (!WhatIf)
        {
            return await ApproveAsync(pipeline, Display.RestoreTarget(plan), Display.RestoreAction(plan));
        }

        foreach (RestorePlanHost host in plan.Hosts)
        {
            await pipeline.ShouldProcessAsync($"{host.Node} ({host.Address})", string.Join("; ", host.Actions));
        }

        return false;
    }
}
