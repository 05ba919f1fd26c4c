using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Disable-EtcdSnapshotSchedule: removes the recurring snapshot service from etcd hosts. The snapshots stay.</summary>
[Cmdlet(VerbsLifecycle.Disable, "EtcdSnapshotSchedule", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EtcdSnapshotSchedule))]
public sealed class DisableEtcdSnapshotScheduleCommand : ScheduleCmdlet
{
    /// <summary>Removes a service that is not of this module, such as RKE's.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        List<SelectedNode> nodes = [];
        foreach (SelectedNode selected in SelectNodes(clusters, NodeRoles.Etcd))
        {
            if (await pipeline.ShouldProcessAsync($"{selected.Node} ({selected.Node.Address})", "Disable recurring etcd snapshots"))
            {
                nodes.Add(selected);
            }
        }

        await pipeline.WriteAsync(new SnapshotSchedules(HostOptions, pipeline).DisableAsync(nodes, Request() with { Force = Force }, cancellationToken));
    }
}
