using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Which objects of a snapshot are wanted. An empty list means all; patterns take PowerShell's wildcards <c>*</c>, <c>?</c> and <c>[a-z]</c>,
/// with <c>`</c> before one that means itself, and case does not matter.</summary>
public sealed record ContentFilter
{
    /// <summary>Everything, at the snapshot's revision.</summary>
    public static ContentFilter All { get; } = new();

    /// <summary>Patterns for the kind, such as <c>Deployment</c>, or the resource, such as <c>deployments</c>.</summary>
    public IReadOnlyList<string> Kind { get; init; } = [];

    /// <summary>Patterns for the namespace. An object of the whole cluster has an empty one.</summary>
    public IReadOnlyList<string> Namespace { get; init; } = [];

    /// <summary>Patterns for the name.</summary>
    public IReadOnlyList<string> Name { get; init; } = [];

    /// <summary>The beginning of the etcd key, case and all; empty for all keys.</summary>
    public string KeyPrefix { get; init; } = "";

    /// <summary>The revision whose state is wanted; null for the snapshot's own. It must not be older than the last compaction.</summary>
    public long? AtRevision { get; init; }

    /// <summary>True when it tells objects apart by more than their keys.</summary>
    internal bool AsksForObjects => Kind.Count + Namespace.Count + Name.Count > 0;

    /// <summary>True when an object is wanted.</summary>
    internal bool Accepts(SnapshotObject item) =>
        NamePattern.MatchesAny(Namespace, item.Namespace)
        && NamePattern.MatchesAny(Name, item.Name)
        && (NamePattern.MatchesAny(Kind, item.Kind) || NamePattern.MatchesAny(Kind, item.Resource));
}
