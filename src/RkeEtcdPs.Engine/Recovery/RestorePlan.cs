using System.Security.Cryptography;
using System.Text;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What a restore would do, from what was seen on the hosts. It changes nothing by itself, and can be kept as JSON.</summary>
public sealed record RestorePlan
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The snapshot's name.</summary>
    public required string Snapshot { get; init; }

    /// <summary>The SHA-256 of its content; null when no host has a sound copy.</summary>
    public string? ContentHash { get; init; }

    /// <summary>When it was taken, in UTC; null when not known.</summary>
    public DateTime? CreatedAt { get; init; }

    /// <summary>How old the snapshot was when the plan was made; null when not known.</summary>
    public TimeSpan? Age => MadeAt - CreatedAt;

    /// <summary>The id of the cluster as it was, in hexadecimal; null when no member told.</summary>
    public string? ClusterId { get; init; }

    /// <summary>The names of the nodes whose members are restored, in the order of cluster.yml.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    /// <summary>True when they were not chosen, but are all etcd hosts of cluster.yml.</summary>
    public bool WholeCluster { get; init; } = true;

    /// <summary>The node whose copy the hosts without one get; null when none was named.</summary>
    public string? SourceNode { get; init; }

    /// <summary>The path or address of the copy that the hosts without one get; null when none was given.</summary>
    public string? Source { get; init; }

    /// <summary>The revision in it; null when not known.</summary>
    public long? Revision { get; init; }

    /// <summary>The cluster's revision now; null when it does not serve.</summary>
    public long? CurrentRevision { get; init; }

    /// <summary>True when a restore since the snapshot has raised the revisions, so that their difference says nothing.</summary>
    public bool Raised { get; init; }

    /// <summary>How many revisions will be lost; null when not known.</summary>
    public long? LostRevisions => !Raised && CurrentRevision is { } now && Revision is { } then ? Math.Max(0, now - then) : null;

    /// <summary>An unfinished restore of the same snapshot, which will be finished instead; null when there is none.</summary>
    public string? Resumes { get; init; }

    /// <summary>What happens on each host, in the order of cluster.yml.</summary>
    public required IReadOnlyList<RestorePlanHost> Hosts { get; init; }

    /// <summary>What is restarted after that, on every node of the cluster; empty when that is left to Restart-KubeComponent or Update-KubeApiServer.</summary>
    public IReadOnlyList<RestorePlanRestart> Restarts { get; init; } = [];

    /// <summary>Everything that was found; empty when all is well.</summary>
    public IReadOnlyList<RestoreFinding> Findings { get; init; } = [];

    /// <summary>When it was made, in UTC.</summary>
    public DateTime MadeAt { get; init; } = DateTime.UtcNow;

    /// <summary>Identifies what the plan was made from. A plan whose fingerprint is not that of a new one is stale.</summary>
    public string Fingerprint => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', [ClusterName, Snapshot, ContentHash ?? "", SourceNode ?? "", Source ?? "", string.Join(',', Nodes), Resumes ?? "", .. Hosts.Select(host => host.Identity), .. Restarts.Select(restart => restart.ToString())])))).ToLowerInvariant();

    /// <summary>True when nothing forbids the restore.</summary>
    public bool Ready => !Findings.Any(finding => finding.Severity == RestoreFindingSeverity.Error);

    // What was lost by it when it was looked at is not what is lost by it now.
    private static readonly TimeSpan LongestAge = TimeSpan.FromDays(1);

    /// <summary>Why this plan, which was looked at, is not what would be done now; null when it is.</summary>
    internal string? FindStale(RestorePlan now) => this switch
    {
        _ when now.MadeAt - MadeAt > LongestAge => FormattableString.Invariant($"it was made {(now.MadeAt - MadeAt).TotalHours:0} hours ago"),
        _ when ClusterName != now.ClusterName => $"it is of the cluster {ClusterName}",
        _ when Snapshot != now.Snapshot || ContentHash != now.ContentHash => "the snapshot is not the one that it was made with",
        _ when !Nodes.SequenceEqual(now.Nodes) => $"it is for {string.Join(", ", Nodes)}, and this would be for {string.Join(", ", now.Nodes)}",
        _ when (SourceNode, Source) != (now.SourceNode, now.Source) => $"its snapshot is from {Source ?? SourceNode ?? "each host"}, and this would be from {now.Source ?? now.SourceNode ?? "each host"}",
        _ when ClusterId is null && now.ClusterId is not null => "the cluster serves, and did not serve when it was made",
        _ when now.ClusterId is not null && ClusterId != now.ClusterId => "the cluster was restored or made anew since",
        _ when !Hosts.Select(host => host.Authority).SequenceEqual(now.Hosts.Select(host => host.Authority)) => "the authority of the new certificates is not the one that it was made with",
        _ when !Hosts.Select(host => host.Design).SequenceEqual(now.Hosts.Select(host => host.Design)) => "the new etcd containers would not be as they were planned",
        // To leave it out is always allowed.
        _ when now.Restarts.Count > 0 && !Restarts.Select(restart => restart.ToString()).SequenceEqual(now.Restarts.Select(restart => restart.ToString())) => "other components would be restarted, or on other nodes",
        _ when Fingerprint != (now with { Restarts = Restarts }).Fingerprint => "the hosts are not as they were when it was made",
        _ => null,
    };

    /// <inheritdoc />
    public override string ToString() => $"{ClusterName}: {SnapshotFolder.Path}/{Snapshot}";
}
