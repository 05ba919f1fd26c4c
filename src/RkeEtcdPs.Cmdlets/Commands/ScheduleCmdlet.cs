using System.Management.Automation;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet about the recurring snapshot service of etcd hosts.</summary>
public abstract class ScheduleCmdlet : ClusterCmdlet
{
    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <summary>What the parameters that all have say.</summary>
    private protected ScheduleRequest Request() => new() { ToolsImage = ToolsImage, Timeout = Timeout, ThrottleLimit = ThrottleLimit };
}
