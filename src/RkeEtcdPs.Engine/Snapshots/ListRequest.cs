namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is to be listed, and how.</summary>
public sealed record ListRequest
{
    /// <summary>Names of snapshots or of files, with PowerShell's wildcards; all when empty.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Read every snapshot to its end and prove it.</summary>
    public bool Verify { get; init; }

    /// <summary>The limit for one place; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many places are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
