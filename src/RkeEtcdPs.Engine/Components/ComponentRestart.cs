namespace RkeEtcdPs.Engine.Components;

/// <summary>The restart of one component's container on one host; or that there is none.</summary>
public sealed record ComponentRestart
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node it is on.</summary>
    public required string Node { get; init; }

    /// <summary>That node's address.</summary>
    public required string Address { get; init; }

    /// <summary>The component, such as <c>kubelet</c>; of a pod, the name of its container, such as <c>calico-node</c>. <c>Network</c> where there is no such pod.</summary>
    public required string Component { get; init; }

    /// <summary>With which others it restarted.</summary>
    public required ComponentTier Tier { get; init; }

    /// <summary>The pod it belongs to; null for RKE's own containers.</summary>
    public string? Pod { get; init; }

    /// <summary>The container's full id; null when there is none. Another than before where the kubelet replaced a pod's container meanwhile.</summary>
    public string? Id { get; init; }

    /// <summary>The image as the container names it; null when there is none.</summary>
    public string? Image { get; init; }

    /// <summary>What was seen before.</summary>
    public required ComponentState Before { get; init; }

    /// <summary>What was seen after. <see cref="ComponentState.Running"/> where no health URL answered and none had to.</summary>
    public required ComponentState After { get; init; }

    /// <summary>Since when it runs, in UTC by the host's clock; null when it is absent.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>From the request to restart until it was seen as <see cref="After"/> says; null when it is absent.</summary>
    public TimeSpan? Duration { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Node}/{Component}";
}
