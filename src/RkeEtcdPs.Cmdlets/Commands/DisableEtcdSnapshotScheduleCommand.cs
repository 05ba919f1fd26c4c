using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Disable-EtcdSnapshotSchedule: removes the recurring snapshot service from etcd hosts. The snapshots stay.</summary>
[Cmdlet(VerbsLifecycle.Disable, "EtcdSnapshotSchedule", DefaultParameterSetName = ByCluster, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EtcdSnapshotSchedule))]
public sealed class DisableEtcdSnapshotScheduleCommand : ScheduleChangeCmdlet
{
    /// <summary>Removes a service that is not of this module, such as RKE's.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    private protected override Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
        => pipeline.WriteAsync(new SnapshotSchedules(HostOptions, pipeline).DisableAsync(
            SelectHosts(clusters, pipeline), Request() with { Force = Force }, change => ApproveAsync(pipeline, change), cancellationToken));
}
