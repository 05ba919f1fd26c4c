using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>Where the snapshots of clusters stand at one moment: what <see cref="ReportPage"/> draws.</summary>
public sealed record SnapshotReport
{
    /// <summary>The moment (UTC).</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>The names of the clusters.</summary>
    public required IReadOnlyList<string> Clusters { get; init; }

    /// <summary>All copies that were found, on hosts and elsewhere.</summary>
    public IReadOnlyList<EtcdSnapshot> Snapshots { get; init; } = [];

    /// <summary>The recurring service of each etcd host that answered.</summary>
    public IReadOnlyList<EtcdSnapshotSchedule> Schedules { get; init; } = [];

    /// <summary>What was examined on each node.</summary>
    public IReadOnlyList<NodeCheck> Checks { get; init; } = [];

    /// <summary>What could not be asked, or not all.</summary>
    public IReadOnlyList<ReportFailure> Failures { get; init; } = [];

    /// <summary>The etcd hosts that were asked, also those that hold nothing.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Those of which nothing is known.</summary>
    public IReadOnlyList<string> Unreached { get; init; } = [];

    /// <summary>The time that its charts show.</summary>
    internal ChartWindow Window => ChartWindow.Choose(Snapshots.Select(snapshot => snapshot.CreatedAt), CreatedAt);

    /// <summary>Hosts first, then folders and buckets, each by name; in each the oldest first.</summary>
    internal static IEnumerable<EtcdSnapshot> InOrder(IEnumerable<EtcdSnapshot> snapshots)
        => snapshots.OrderBy(snapshot => snapshot.Location).ThenBy(PlaceOf, StringComparer.Ordinal).ThenBy(snapshot => snapshot.CreatedAt);

    /// <summary>The folder a copy lies in: a host's name, or the path or address of a folder.</summary>
    internal static string PlaceOf(EtcdSnapshot snapshot)
    {
        int end = snapshot.Path.LastIndexOfAny(['/', '\\']);
        return snapshot.Node ?? (end > 0 ? snapshot.Path[..end] : snapshot.Path);
    }
}
