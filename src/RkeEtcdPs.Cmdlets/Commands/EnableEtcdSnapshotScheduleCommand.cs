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
        IReadOnlyList<SelectedNode> hosts = SelectHosts(clusters, pipeline);
        foreach (RkeCluster cluster in hosts.Select(host => host.Cluster).Distinct().Where(cluster => cluster.Etcd is { Snapshot: false } or { Backup.Enabled: false }))
        {
            string setting = cluster.Etcd.Snapshot == false ? "snapshot" : "backup_config.enabled";
            pipeline.WriteWarning($"{cluster.Name}: services.etcd.{setting} is false in cluster.yml: the next `rke up` removes the service again. Set it to true there too.");
        }

        return pipeline.WriteAsync(new SnapshotSchedules(HostOptions, pipeline).EnableAsync(hosts, request, change => ApproveAsync(pipeline, change), cancellationToken));
    }
}
