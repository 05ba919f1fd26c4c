namespace RkeEtcdPs.Engine.Configuration;

/// <summary><c>services.etcd.backup_config</c> of cluster.yml, with the defaults of later RKE versions.</summary>
public sealed record BackupConfig
{
    /// <summary><c>enabled</c>; true when not given.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary><c>interval_hours</c>; 12 hours when not given.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromHours(12);

    /// <summary><c>retention</c>: how many snapshots are kept; 6 when not given.</summary>
    public int Retention { get; init; } = 6;

    /// <summary><c>timeout</c>; 300 seconds when not given.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary><c>safe_timestamp</c>: names without colons.</summary>
    public bool SafeTimestamp { get; init; }

    /// <summary><c>s3backupconfig</c>; null when not given.</summary>
    public S3BackupConfig? S3 { get; init; }
}
