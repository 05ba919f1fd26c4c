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

    /// <summary>The revision in it; null when not known.</summary>
    public long? Revision { get; init; }

    /// <summary>The cluster's revision now; null when it does not serve.</summary>
    public long? CurrentRevision { get; init; }

    /// <summary>How many revisions will be lost; null when not known.</summary>
    public long? LostRevisions => CurrentRevision is { } now && Revision is { } then ? Math.Max(0, now - then) : null;

    /// <summary>An unfinished restore of the same snapshot, which will be finished instead; null when there is none.</summary>
    public string? Resumes { get; init; }

    /// <summary>What happens on each host, in the order of cluster.yml.</summary>
    public required IReadOnlyList<RestorePlanHost> Hosts { get; init; }

    /// <summary>Everything that was found; empty when all is well.</summary>
    public IReadOnlyList<RestoreFinding> Findings { get; init; } = [];

    /// <summary>When it was made, in UTC.</summary>
    public DateTime MadeAt { get; init; } = DateTime.UtcNow;

    /// <summary>Identifies what the plan was made from. A plan whose fingerprint is not that of a new one is stale.</summary>
    public string Fingerprint => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
        '\n', [ClusterName, Snapshot, ContentHash ?? "", Resumes ?? "", .. Hosts.Select(host => host.Identity)])))).ToLowerInvariant();

    /// <summary>True when nothing forbids the restore.</summary>
    public bool Ready => !Findings.Any(finding => finding.Severity == RestoreFindingSeverity.Error);

    /// <inheritdoc />
    public override string ToString() => $"{ClusterName}: {SnapshotFolder.Path}/{Snapshot}";
}
