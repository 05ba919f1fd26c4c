using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Undo-EtcdRestore: puts back the data that a restore replaced, or finishes a restore that was cut off by going back.</summary>
[Cmdlet(VerbsCommon.Undo, "EtcdRestore", DefaultParameterSetName = nameof(Operation), SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RestoreResult))]
public sealed class UndoEtcdRestoreCommand : RecoveryCmdlet
{
    private readonly List<RestoreOnHost> _piped = [];

    /// <summary>The id of the restore, as Get-EtcdRestore shows it. The unfinished one, or else the last one, when not given.</summary>
    [Parameter(ParameterSetName = nameof(Operation), Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Operation { get; set; }

    /// <summary>What Get-EtcdRestore or Restore-EtcdSnapshot gives: one restore of each cluster, which is undone once, on all of its hosts, however many of them are piped.</summary>
    [Parameter(ParameterSetName = nameof(InputObject), Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [RestoreOnHostTransformation]
    public RestoreOnHost[]? InputObject { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = nameof(Operation), Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = nameof(InputObject), Position = 1)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>Does not restart the Kubernetes components afterwards.</summary>
    [Parameter]
    public SwitchParameter NoComponentRestart { get; set; }

    /// <summary>Is refused here: a restore is undone on all of its hosts, or on none.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public override string[]? Node { get; set; }

    /// <summary>Has no effect here: all etcd hosts of a cluster are worked on at the same time, as they go back together.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public override int ThrottleLimit { get; set; } = 8;

    /// <inheritdoc />
    private protected override void AcceptInput() => _piped.AddRange(InputObject ?? []);

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        if (Node is not null)
        {
            throw new NodeNotFoundException("A restore is undone on all of its hosts, or on none.", "Leave out -Node.");
        }

        RestoreUndo undo = new(HostOptions, pipeline);
        foreach ((RkeCluster cluster, string? operation) in _piped.Count == 0 ? clusters.Select(cluster => (cluster, Operation)) : Piped(clusters))
        {
            RestoreRequest request = NewRequest("") with { NoComponentRestart = NoComponentRestart };
            await pipeline.WriteAsync(undo.RunAsync(cluster, operation, request, restore => ApproveAsync(pipeline, cluster, restore), cancellationToken));
        }
    }

    private (RkeCluster Cluster, string? Operation)[] Piped(IReadOnlyList<RkeCluster> clusters)
        => [.. _piped.GroupBy(restore => RestoreInput.Find(clusters, restore.ClusterName), restore => restore.Operation)
            .Select(operations => (operations.Key, operations.Distinct().ToArray() is [string only]
                ? (string?)only
                : throw new PSArgumentException($"Only one restore of a cluster can be undone at a time, and these are different: {string.Join(", ", operations.Distinct())}. Begin with the last one.")))];

    private async Task<bool> ApproveAsync(CmdletPipeline pipeline, RkeCluster cluster, EtcdRestore restore)
    {
        IReadOnlyList<RestorePlanRestart> restarts = NoComponentRestart ? [] : RestorePlanRestart.AllOf(cluster);
        string action = restore.Phase == RestorePhase.Undone
            ? $"Finish undoing the restore {restore.Operation} of {restore.Snapshot}: its data is out again"
            : $"Put back the etcd data that the restore {restore.Operation} of {restore.Snapshot} replaced. All changes since that restore go with the data that is taken out, which is kept";
        bool approved = await ApproveAsync(pipeline, $"{cluster} ({string.Join(", ", cluster.EtcdNodes)})", action + Display.ThenRestarts(restarts));
        foreach (RestorePlanRestart restart in WhatIf ? restarts : [])
        {
            await pipeline.ShouldProcessAsync($"{restart.Node} ({restart.Address})", Display.Restart(restart));
        }

        return approved && !WhatIf;
    }
}
