namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is to be saved, and how.</summary>
public sealed record SaveRequest
{
    /// <summary>The name, the same on every host.</summary>
    public required string Name { get; init; }

    /// <summary>Replace a snapshot of that name; the old one stays until the new one is verified.</summary>
    public bool Replace { get; init; }

    /// <summary>Save on one healthy member of each cluster and copy from there, so that all hosts hold the same bytes.</summary>
    public bool SingleSource { get; init; }

    /// <summary>The image to work with; null to use the rke-tools image that the hosts have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>The limit for one host; null for none, as long as the work makes progress.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The id that marks everything this request leaves on the hosts while it runs.</summary>
    public string Operation { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>How many hosts are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>How long a host may be silent, or its file not grow, before it counts as hung.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromMinutes(2);
}
