using RkeEtcdPs.Engine.Components;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>What came of a host: its kube-apiserver, or its nginx-proxy where it has none.</summary>
public sealed record ApiServerUpdate
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>That node's address.</summary>
    public required string Address { get; init; }

    /// <summary><c>kube-apiserver</c> or <c>nginx-proxy</c>.</summary>
    public required string Component { get; init; }

    /// <summary>True when a new container took the place of the old one; false when the old one was right.</summary>
    public required bool Changed { get; init; }

    /// <summary>The etcd endpoints before; of nginx-proxy, the addresses of the API servers.</summary>
    public required IReadOnlyList<string> OldEndpoints { get; init; }

    /// <summary>The same, now.</summary>
    public required IReadOnlyList<string> NewEndpoints { get; init; }

    /// <summary>The flags or variables that were changed; empty when nothing was, or an update was finished that had been cut off.</summary>
    public required IReadOnlyList<string> Settings { get; init; }

    /// <summary>The full id of the container that was there before; the same as <see cref="Id"/> when nothing was changed.</summary>
    public required string OldId { get; init; }

    /// <summary>The full id of the container that is there now.</summary>
    public required string Id { get; init; }

    /// <summary>What was seen of it at the end; null when nothing was changed, and so nothing was waited for.</summary>
    public ComponentState? State { get; init; }

    /// <summary>How long it took; null when nothing was changed.</summary>
    public TimeSpan? Duration { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Node}/{Component}";
}
