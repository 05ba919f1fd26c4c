using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One snapshot to copy, and where to.</summary>
public sealed record CopyItem
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Copies of the same content to read from, the best first; empty to look for it on <see cref="SourceNodes"/>.</summary>
    public IReadOnlyList<EtcdSnapshot> Sources { get; init; } = [];

    /// <summary>Hosts to look on, in the order in which they are tried.</summary>
    public IReadOnlyList<SelectedNode> SourceNodes { get; init; } = [];

    /// <summary>Where it is copied to, all from one read.</summary>
    public required IReadOnlyList<CopyDestination> Destinations { get; init; }

    /// <summary>Puts copies of the same content together; what has no hash stands alone.</summary>
    public static IEnumerable<IReadOnlyList<EtcdSnapshot>> Group(IEnumerable<EtcdSnapshot> snapshots) =>
        from snapshot in snapshots.Distinct()
        group snapshot by (snapshot.ClusterName, snapshot.Name, snapshot.IsZip, snapshot.ContentHash ?? snapshot.ToString()) into same
        select (IReadOnlyList<EtcdSnapshot>)[.. same.OrderBy(snapshot => snapshot.Location == SnapshotLocation.File ? 0 : 1)];
}
