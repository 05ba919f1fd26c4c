using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Enable-EtcdSnapshotSchedule: a service beside etcd on each etcd host that saves verified snapshots by itself, and removes old ones.</summary>
[Cmdlet(VerbsLifecycle.Enable, "EtcdSnapshotSchedule", DefaultParameterSetName = ByCluster, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EtcdSnapshotSchedule))]
public sealed class EnableEtcdSnapshotScheduleCommand : ScheduleChangeCmdlet
{
    /// <summary>The time between two snapshots, such as <c>6h</c> or a TimeSpan; that of cluster.yml, or 12 hours, when not given.</summary>
    [Parameter]
    [DurationTransformation]
    [ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? Creation { get; set; }

    /// <summary>How long snapshots are kept; that of cluster.yml, or 72 hours, when not given.</summary>
    [Parameter]
    [DurationTransformation]
    [ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? Retention { get; set; }

    /// <summary>How many verified snapshots stay however old they are; the count of <c>backup_config</c>, or 1, when not given.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int? KeepAtLeast { get; set; }

    /// <summary>
    /// Spreads the hosts over so many seconds, by their names. When not given they begin one after the other, a minute apart or, where snapshots are
    /// taken often, less.
    /// </summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? JitterSeconds { get; set; }

    /// <summary>Replaces a service that is not of this module, such as RKE's.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc />
    private protected override Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        ScheduleRequest request = Request() with { Creation = Creation, Retention = Retention, KeepAtLeast = KeepAtLeast, JitterSeconds = JitterSeconds, Force = Force, KeepsValues = InputObject is not null };
        return pipeline.WriteAsync(new SnapshotSchedules(HostOptions, pipeline).EnableAsync(
            SelectHosts(clusters, pipeline), request, change => ApproveAsync(pipeline, change), cancellationToken));
    }
}
