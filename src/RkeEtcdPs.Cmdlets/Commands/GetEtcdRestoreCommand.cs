using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Get-EtcdRestore: the restores that the etcd hosts remember, and the data that they keep.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdRestore")]
[OutputType(typeof(EtcdRestore))]
public sealed class GetEtcdRestoreCommand : ClusterCmdlet
{
    /// <summary>Has no effect here: all etcd hosts of a cluster are worked on at the same time, as a restore is of all of them.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public override int ThrottleLimit { get; set; } = 8;

    /// <summary>Has no effect here: the time for a host is not limited, and one that does not answer is an error of its own.</summary>
    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    public override int TimeoutSec { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        RestoreList list = new(HostOptions, pipeline);
        foreach (IGrouping<RkeCluster, SelectedNode> cluster in SelectNodes(clusters, NodeRoles.Etcd).GroupBy(selected => selected.Cluster))
        {
            await pipeline.WriteAsync(list.RunAsync(cluster.Key, [.. cluster.Select(selected => selected.Node)], new RestoreRequest { Name = "" }, cancellationToken));
        }
    }
}
