using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Restart-KubeComponent: Kubernetes and network components on all nodes, in their order, with health.</summary>
[Cmdlet(VerbsLifecycle.Restart, "KubeComponent", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(ComponentRestart))]
public sealed class RestartKubeComponentCommand : ClusterCmdlet
{
    /// <summary>Only these: names of components; <c>Network</c> and <c>Addons</c> for the containers of such pods. All but the addons when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateSet(
        "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", ComponentRestartRequest.Network, ComponentRestartRequest.Addons)]
    public string[]? Component { get; set; }

    /// <summary>Only nodes that have one of these roles, as cluster.yml writes them.</summary>
    [Parameter]
    [ValidateSet("controlplane", "etcd", "worker")]
    public string[]? Role { get; set; }

    /// <summary>Takes the control plane host by host, the next one only when the one before is up.</summary>
    [Parameter]
    public SwitchParameter Rolling { get; set; }

    /// <summary>Restarts the containers of ingress, DNS and metrics pods too.</summary>
    [Parameter]
    public SwitchParameter IncludeAddons { get; set; }

    /// <summary>The image to ask health URLs with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        ComponentRestartRequest request = new()
        {
            Components = Component,
            Rolling = Rolling,
            IncludeAddons = IncludeAddons,
            ToolsImage = ToolsImage,
            Timeout = Timeout,
            ThrottleLimit = ThrottleLimit,
        };
        List<SelectedNode> nodes = [];
        foreach (SelectedNode selected in request.Choose(SelectNodes(clusters, NodeRoles.None), Roles()))
        {
            string components = string.Join(", ", request.ComponentsOn(selected.Node));
            if (await pipeline.ShouldProcessAsync($"{selected.Node} ({selected.Node.Address})", $"Restart {components}"))
            {
                nodes.Add(selected);
            }
        }

        await pipeline.WriteAsync(new ComponentRestarter(HostOptions, pipeline).RunAsync(nodes, request, cancellationToken));
    }

    private NodeRoles Roles() => (Role ?? []).Aggregate(NodeRoles.None, (roles, role) => roles | Enum.Parse<NodeRoles>(role, ignoreCase: true));
}
