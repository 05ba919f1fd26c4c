using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet that changes the recurring snapshot service of etcd hosts: those of clusters, or those that Get-EtcdSnapshotSchedule told of.</summary>
public abstract class ScheduleChangeCmdlet : ScheduleCmdlet
{
    private protected const string ByCluster = nameof(ByCluster);
    private protected const string ByObject = nameof(ByObject);

    private readonly List<EtcdSnapshotSchedule> _schedules = [];

    /// <summary>The hosts, as Get-EtcdSnapshotSchedule tells of them. A service that is enabled anew this way keeps the values that it has where no others are given.</summary>
    [Parameter(ParameterSetName = ByObject, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public EtcdSnapshotSchedule[]? InputObject { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = ByCluster, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ByObject)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <inheritdoc />
    /// <remarks>The objects know their cluster.</remarks>
    private protected override bool NeedsClusters => InputObject is null;

    /// <inheritdoc />
    private protected override void AcceptInput() => _schedules.AddRange(InputObject ?? []);

    /// <summary>The hosts to work on, of all input.</summary>
    private protected IReadOnlyList<SelectedNode> SelectHosts(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline)
    {
        if (_schedules.Count == 0)
        {
            return SelectNodes(clusters, NodeRoles.Etcd);
        }

        bool byName = clusters.Count > 0;
        if (!byName && !_schedules.TrueForAll(ScheduleSelection.IsOfKnownCluster))
        {
            throw new NodeNotFoundException(
                "Objects that came from a file, a job or another session do not know the cluster.yml that they were read from.", "Give it with -ClusterConfig.");
        }

        IReadOnlyList<RkeCluster> all = byName ? clusters : ScheduleSelection.Clusters(_schedules);
        foreach (EtcdSnapshotSchedule schedule in _schedules.Where(schedule => !all.Any(cluster => cluster.EtcdNodes.Any(node => IsOf(schedule, cluster, node)))))
        {
            pipeline.WriteError(
                new NodeNotFoundException($"The cluster.yml that was given has no etcd host {schedule.Node} in a cluster {schedule.ClusterName}.", "Give that of this cluster with -ClusterConfig, or none: the objects know theirs."),
                schedule);
        }

        return [.. SelectNodes(all, NodeRoles.Etcd).Where(host => _schedules.Exists(schedule => IsOf(schedule, host.Cluster, host.Node)))];

        bool IsOf(EtcdSnapshotSchedule schedule, RkeCluster cluster, RkeNode node) => ScheduleSelection.IsOf(schedule, new SelectedNode(cluster, node), byName);
    }

    /// <summary>Asks whether a host may be changed, as <c>-WhatIf</c> and <c>-Confirm</c> say.</summary>
    private protected static Task<bool> ApproveAsync(CmdletPipeline pipeline, ScheduleChange change)
        => pipeline.ShouldProcessAsync($"{change.Host.Cluster.Name}: {change.Host.Node} ({change.Host.Node.Address})", change.ToString());
}
