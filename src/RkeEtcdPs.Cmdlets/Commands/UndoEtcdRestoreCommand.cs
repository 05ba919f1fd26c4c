using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Undo-EtcdRestore: puts back the data that a restore replaced, or finishes a restore that was cut off by going back.</summary>
[Cmdlet(VerbsCommon.Undo, "EtcdRestore", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RestoreResult))]
public sealed class UndoEtcdRestoreCommand : RecoveryCmdlet
{
    /// <summary>The id of the restore, as Get-EtcdRestore shows it. The unfinished one, or else the last one, when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Operation { get; set; }

    /// <summary>Does not restart the Kubernetes components afterwards.</summary>
    [Parameter]
    public SwitchParameter NoComponentRestart { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        if (Node is not null)
        {
            throw new NodeNotFoundException("A restore is undone on all of its hosts, or on none.", "Leave out -Node.");
        }

        RestoreUndo undo = new(HostOptions, pipeline);
        foreach (RkeCluster cluster in clusters)
        {
            RestoreRequest request = NewRequest("") with { NoComponentRestart = NoComponentRestart };
            await pipeline.WriteAsync(undo.RunAsync(cluster, Operation, request, restore => ApproveAsync(pipeline, cluster, restore), cancellationToken));
        }
    }

    private Task<bool> ApproveAsync(CmdletPipeline pipeline, RkeCluster cluster, EtcdRestore restore) => ApproveAsync(
        pipeline,
        $"{cluster} ({string.Join(", ", cluster.EtcdNodes)})",
        restore.Phase == RestorePhase.Undone
            ? $"Finish undoing the restore {restore.Operation} of {restore.Snapshot}: its data is out again, and the components are to be restarted"
            : $"Put back the etcd data that the restore {restore.Operation} of {restore.Snapshot} replaced. All changes since that restore go with the data that is taken out, which is kept");
}
