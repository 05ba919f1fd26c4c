using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Get-EtcdMember: health, leader, revision, sizes and alarms of each etcd member.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdMember")]
[OutputType(typeof(EtcdMember))]
public sealed class GetEtcdMemberCommand : ClusterCmdlet
{
    /// <inheritdoc />
    private protected override Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
        => pipeline.WriteAsync(new ClusterMembers(HostOptions, pipeline).RunAsync(SelectNodes(clusters, NodeRoles.Etcd), ThrottleLimit, Timeout, cancellationToken));
}
