using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Save-EtcdSnapshot: one verified snapshot on every etcd host.</summary>
[Cmdlet(VerbsData.Save, "EtcdSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EtcdSnapshot))]
public sealed class SaveEtcdSnapshotCommand : ClusterCmdlet
{
    /// <summary>The name, the same on every host. <c>rke_etcd_snapshot_</c> and the time, as RKE names them, when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Saves on one healthy member of each cluster and copies from there, so that all hosts hold the same bytes.</summary>
    [Parameter]
    public SwitchParameter SingleSource { get; set; }

    /// <summary>Replaces a snapshot of that name. The old one stays until the new one is verified.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <inheritdoc />
    private protected override void AfterRun() => SnapshotNameCache.Clear();

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        SaveRequest request = new()
        {
            Name = Name ?? SnapshotName.Default(Time.GetLocalNow()),
            Replace = Force,
            SingleSource = SingleSource,
            ToolsImage = ToolsImage,
            Timeout = Timeout,
            ThrottleLimit = ThrottleLimit,
        };
        SnapshotName.Validate(request.Name);
        if (SnapshotName.IsRecurring(request.Name))
        {
            pipeline.WriteWarning($"{request.Name} is a name as the recurring snapshot service gives them: where it runs, it removes this snapshot when it is old.");
        }

        List<SelectedNode> nodes = [];
        foreach (SelectedNode selected in SelectNodes(clusters, NodeRoles.Etcd))
        {
            if (await pipeline.ShouldProcessAsync($"{selected.Node} ({selected.Node.Address})", $"Save etcd snapshot {request.Name}"))
            {
                nodes.Add(selected);
            }
        }

        await pipeline.WriteAsync(new SnapshotSave(HostOptions, pipeline).RunAsync(nodes, request, cancellationToken));
    }
}
