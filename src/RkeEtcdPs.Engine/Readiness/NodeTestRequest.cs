namespace RkeEtcdPs.Engine.Readiness;

/// <summary>What counts as good enough.</summary>
public sealed record NodeTestRequest
{
    /// <summary>The age that the newest good snapshot of a host may have.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(26);

    /// <summary>How long certificates must still be valid.</summary>
    public TimeSpan CertificateTime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How far a host's clock may be from this machine's.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The image to work with on the hosts; null for the rke-tools image that they have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>The limit for one node; null for that of its requests alone.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many nodes are tested at once.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
