namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One snapshot to copy, and where to.</summary>
/// <param name="Sources">Copies of the same content to read from, the best first; at least one.</param>
/// <param name="Destinations">Where it is copied to, all from one read.</param>
public sealed record CopyItem(IReadOnlyList<EtcdSnapshot> Sources, IReadOnlyList<CopyDestination> Destinations)
{
    /// <summary>Its name.</summary>
    public string Name => Sources[0].Name;

    /// <summary>Puts copies of the same content together; what has no hash stands alone. Those on this machine come first.</summary>
    public static IEnumerable<IReadOnlyList<EtcdSnapshot>> Group(IEnumerable<EtcdSnapshot> snapshots) =>
        from snapshot in snapshots
        group snapshot by (snapshot.Name, snapshot.IsZip, snapshot.ContentHash ?? $"{snapshot.Location} {snapshot}") into same
        select (IReadOnlyList<EtcdSnapshot>)[.. same.OrderBy(snapshot => snapshot.Location == SnapshotLocation.File ? 0 : 1)];
}
