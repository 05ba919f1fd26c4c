using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Remove-EtcdRestore: drops the data that finished restores keep. There is no way back to it.</summary>
[Cmdlet(VerbsCommon.Remove, "EtcdRestore", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EtcdRestore))]
public sealed class RemoveEtcdRestoreCommand : RecoveryCmdlet
{
    /// <summary>The ids of the restores, as Get-EtcdRestore shows them; no wildcards.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Operation { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        RestoreList list = new(HostOptions, pipeline);
        foreach (IGrouping<RkeCluster, SelectedNode> cluster in SelectNodes(clusters, NodeRoles.Etcd).GroupBy(selected => selected.Cluster))
        {
            RkeNode[] nodes = [.. cluster.Select(selected => selected.Node)];
            await pipeline.WriteAsync(list.RemoveAsync(
                cluster.Key,
                nodes,
                Operation!,
                NewRequest(""),
                restore => ApproveAsync(pipeline, $"{restore.Node}: {restore.Path}", $"Drop {Display.Size((restore.KeptDataSize ?? 0) + (restore.UndoneDataSize ?? 0))} of etcd data for good"),
                cancellationToken));
        }
    }
}
