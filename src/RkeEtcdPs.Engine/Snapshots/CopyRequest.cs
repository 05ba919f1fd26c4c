using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What is to be copied, and how.</summary>
public sealed record CopyRequest
{
    /// <summary>The clusters on whose hosts sources lie.</summary>
    public IReadOnlyList<RkeCluster> Clusters { get; init; } = [];

    /// <summary>How buckets are reached in which sources lie; null when none does.</summary>
    public S3Connection? SourceConnection { get; init; }

    /// <summary>Replace another file of the name; the old one stays until the new one is verified.</summary>
    public bool Replace { get; init; }

    /// <summary>Go on where an earlier copy of the same snapshot broke, and when this one breaks, leave what arrived for another.</summary>
    public bool Resume { get; init; }

    /// <summary>In which form copies are written.</summary>
    public SnapshotPacking Packing { get; init; }

    /// <summary>The image to work with on hosts; null to use the rke-tools image that they have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>The limit for one snapshot at one place; null for none, as long as the work makes progress.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many hosts are logged in to at once.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>The id that marks everything this request leaves on the hosts while it runs.</summary>
    public string Operation { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>How long a place may take nothing before it counts as hung.</summary>
    public TimeSpan StallLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The same as a save sees it.</summary>
    internal SaveRequest OnHost(string file) => new()
    {
        Name = file,
        Replace = Replace,
        ToolsImage = ToolsImage,
        Operation = Operation,
        StallLimit = StallLimit,
    };
}
