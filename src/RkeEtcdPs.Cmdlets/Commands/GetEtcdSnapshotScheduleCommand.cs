using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Get-EtcdSnapshotSchedule: the recurring snapshot service of each etcd host, whoever made it, and how it fares.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdSnapshotSchedule")]
[OutputType(typeof(EtcdSnapshotSchedule))]
public sealed class GetEtcdSnapshotScheduleCommand : ScheduleCmdlet
{
    /// <inheritdoc />
    private protected override Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
        => pipeline.WriteAsync(new SnapshotSchedules(HostOptions, pipeline).GetAsync(SelectNodes(clusters, NodeRoles.Etcd), Request(), cancellationToken));
}
