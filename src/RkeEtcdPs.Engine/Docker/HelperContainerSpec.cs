namespace RkeEtcdPs.Engine.Docker;

/// <summary>What a helper container is to be.</summary>
internal sealed record HelperContainerSpec
{
    /// <summary>The container's name, which is also the lock for this kind of work on the host.</summary>
    public required string Name { get; init; }

    /// <summary>The image; it must be on the host.</summary>
    public required string Image { get; init; }

    /// <summary>The program and its fixed first arguments.</summary>
    public required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>The arguments that vary; data, never shell text.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Bind mounts, as <c>host path:container path[:options]</c>.</summary>
    public IReadOnlyList<string> Binds { get; init; } = [];

    /// <summary>Folders of the host that must be there.</summary>
    public IReadOnlyList<HelperMount> Mounts { get; init; } = [];

    /// <summary>Folders inside that are volumes of its own, gone when it is removed.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>The helper container whose volumes it sees too; null for none.</summary>
    public HelperContainer? VolumesFrom { get; init; }

    /// <summary>Environment, as <c>NAME=value</c>; never a secret.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>
    /// True when it holds the host only as long as its client calls, and may be ended as soon as that client is gone: what runs in it can be
    /// cut off anywhere.
    /// </summary>
    public bool Leased { get; init; }

    /// <summary>True when another lock that is held already proves that a leased one of the same name has lost its client.</summary>
    public bool TakesOverLeased { get; init; }

    /// <summary>True when it gives way to what else wants the host's processors, above all etcd.</summary>
    public bool GivesWay { get; init; }

    /// <summary>True when it must reach etcd on the host's loopback; otherwise it has no network at all.</summary>
    public bool HostNetwork { get; init; }
}
