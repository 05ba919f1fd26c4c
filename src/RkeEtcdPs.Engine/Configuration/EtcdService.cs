namespace RkeEtcdPs.Engine.Configuration;

/// <summary><c>services.etcd</c> of cluster.yml.</summary>
public sealed record EtcdService
{
    /// <summary><c>image</c>, as RKE 0.1 wrote it here; null when not given.</summary>
    public string? Image { get; init; }

    /// <summary><c>extra_args</c>: flag (without dashes) to value; they override RKE's own.</summary>
    public IReadOnlyDictionary<string, string> ExtraArgs { get; init; } = new Dictionary<string, string>();

    /// <summary><c>extra_args_array</c>: flag (without dashes) to values, one flag for each.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ExtraArgsArray { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary><c>extra_binds</c>, as written.</summary>
    public IReadOnlyList<string> ExtraBinds { get; init; } = [];

    /// <summary><c>extra_env</c>, as written.</summary>
    public IReadOnlyList<string> ExtraEnv { get; init; } = [];

    /// <summary><c>uid</c>: the user etcd runs as; null, which is root, when not given.</summary>
    public int? UserId { get; init; }

    /// <summary><c>gid</c>: the group etcd runs as; null when not given.</summary>
    public int? GroupId { get; init; }

    /// <summary><c>external_urls</c>; not empty when etcd is not run by RKE, and then there are no etcd nodes.</summary>
    public IReadOnlyList<string> ExternalUrls { get; init; } = [];

    /// <summary><c>path</c>: the key prefix on an external etcd; null when not given.</summary>
    public string? ExternalPath { get; init; }

    /// <summary><c>snapshot</c>: whether the recurring service is wanted; null when not given (the default changed between RKE versions).</summary>
    public bool? Snapshot { get; init; }

    /// <summary><c>creation</c>: the time between recurring snapshots; null when not given.</summary>
    public TimeSpan? Creation { get; init; }

    /// <summary><c>retention</c>: how long recurring snapshots are kept; null when not given.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary><c>backup_config</c>; null when not given.</summary>
    public BackupConfig? Backup { get; init; }

    /// <summary>Whether the recurring service is asked for.</summary>
    internal bool WantsSchedule => Backup is not { Enabled: false } && (Snapshot ?? Backup is not null);

    /// <inheritdoc />
    public override string ToString() => ExternalUrls.Count > 0 ? "external" : "internal";
}
