namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Which copies are to be checked, and how far.</summary>
public sealed record CheckRequest
{
    /// <summary>Names of snapshots, with wildcards; the newest snapshot of each host when empty.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Copies that were listed before; when there are some, these and no others.</summary>
    public IReadOnlyList<EtcdSnapshot> Snapshots { get; init; } = [];

    /// <summary>The age that a snapshot may have; null for any.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>All hosts that have a copy must hold the same bytes.</summary>
    public bool Identical { get; init; }

    /// <summary>Start a throw-away etcd from each copy.</summary>
    public bool Rehearse { get; init; }
}
