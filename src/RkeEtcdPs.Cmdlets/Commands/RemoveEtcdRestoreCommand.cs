using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Remove-EtcdRestore: drops the data that finished restores keep. There is no way back to it.</summary>
[Cmdlet(VerbsCommon.Remove, "EtcdRestore", DefaultParameterSetName = nameof(Operation), SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EtcdRestore))]
public sealed class RemoveEtcdRestoreCommand : RecoveryCmdlet
{
    private readonly List<RestoreOnHost> _piped = [];

    /// <summary>The ids of the restores, as Get-EtcdRestore shows them; no wildcards.</summary>
    [Parameter(ParameterSetName = nameof(Operation), Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[]? Operation { get; set; }

    /// <summary>What Get-EtcdRestore gives: each restore on each host whose data is to go.</summary>
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

    /// <summary>Has no effect here: all etcd hosts of a cluster are worked on at the same time, as what one of them keeps another may need.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public override int ThrottleLimit { get; set; } = 8;

    /// <summary>Has no effect here: the time for a host is not limited, and one that does not answer is an error of its own.</summary>
    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    public override int TimeoutSec { get; set; }

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        if (InputObject is not null && Node is not null)
        {
            throw new PSArgumentException("-Node goes with ids of restores: those that are piped are of one host each.");
        }

        _piped.AddRange(InputObject ?? []);
    }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        RestoreList list = new(HostOptions, pipeline);
        foreach (IGrouping<RkeCluster, RestoreOnHost> chosen in Operation is null ? Piped(clusters) : Named(clusters))
        {
            await pipeline.WriteAsync(list.RemoveAsync(
                chosen.Key,
                [.. chosen],
                NewRequest(""),
                restore => ApproveAsync(pipeline, $"{restore.ClusterName}: {restore.Node}:{restore.Path}", $"Drop {Display.Size((restore.KeptDataSize ?? 0) + (restore.UndoneDataSize ?? 0))} of etcd data for good"),
                cancellationToken));
        }
    }

    private IEnumerable<IGrouping<RkeCluster, RestoreOnHost>> Named(IReadOnlyList<RkeCluster> clusters)
        => SelectNodes(clusters, NodeRoles.Etcd)
            .SelectMany(selected => Operation!.Select(operation => (selected.Cluster, Choice: new RestoreOnHost(selected.Cluster.Name, selected.Node.Name, operation))))
            .GroupBy(one => one.Cluster, one => one.Choice);

    private IGrouping<RkeCluster, RestoreOnHost>[] Piped(IReadOnlyList<RkeCluster> clusters)
    {
        IGrouping<RkeCluster, RestoreOnHost>[] given = [.. _piped.GroupBy(restore => RestoreInput.Find(clusters, restore.ClusterName))];
        foreach (IGrouping<RkeCluster, RestoreOnHost> chosen in given)
        {
            string[] gone = [.. chosen.Select(restore => restore.Node).Except(chosen.Key.EtcdNodes.Select(node => node.Name))];
            if (gone.Length > 0)
            {
                throw new NodeNotFoundException($"Cluster {chosen.Key.Name} has no etcd host {string.Join(", ", gone)} any more.", "Get-EtcdRestore shows what its hosts keep.");
            }
        }

        return given;
    }
}
