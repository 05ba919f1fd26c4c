using RkeEtcdPs.Engine.Components;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>How API servers are updated.</summary>
public sealed record ApiServerUpdateRequest
{
    /// <summary>Leave controller-manager, scheduler and all others that watch as they are.</summary>
    public bool NoComponentRestart { get; init; }

    /// <summary>The image to look and to ask health URLs with; null to use the rke-tools image that the hosts have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>How many hosts are looked at at once. API servers are updated one at a time in any case.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>How long a new container may take to run steadily and to be healthy.</summary>
    public TimeSpan HealthLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The id that marks everything this request leaves on the hosts while it runs.</summary>
    public string Operation { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Told of each step on a host, by the node's name; null for nobody.</summary>
    public Action<ApiServerUpdateStep, string>? Observer { get; init; }

    // Where nobody can be asked, it must run longer than an API server does that does not find etcd.
    private static readonly TimeSpan BlindSettleTime = TimeSpan.FromSeconds(45);

    /// <summary>The limits of a wait for a container.</summary>
    /// <param name="blind">True where no health URL can be asked.</param>
    internal ComponentRestartRequest Limits(bool blind) => blind
        ? new ComponentRestartRequest { HealthLimit = HealthLimit > BlindSettleTime * 2 ? HealthLimit : BlindSettleTime * 2, Operation = Operation, ToolsImage = ToolsImage, SettleTime = BlindSettleTime }
        : new ComponentRestartRequest { HealthLimit = HealthLimit, Operation = Operation, ToolsImage = ToolsImage };
}
