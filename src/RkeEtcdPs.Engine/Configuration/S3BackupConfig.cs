namespace RkeEtcdPs.Engine.Configuration;

/// <summary><c>services.etcd.backup_config.s3backupconfig</c> of cluster.yml.</summary>
public sealed record S3BackupConfig
{
    /// <summary><c>bucket_name</c>.</summary>
    public required string Bucket { get; init; }

    /// <summary><c>folder</c>: the prefix of object keys, without slashes at its ends; null when not given.</summary>
    public string? Folder { get; init; }

    /// <summary><c>endpoint</c>: host, and port where given; null when not given.</summary>
    public string? Endpoint { get; init; }

    /// <summary><c>region</c>; null when not given.</summary>
    public string? Region { get; init; }

    /// <summary><c>custom_ca</c>: PEM text of the CA that signed the endpoint's certificate; null when not given.</summary>
    public string? CustomCa { get; init; }

    /// <summary><c>access_key</c>; null when not given.</summary>
    public Secret? AccessKey { get; init; }

    /// <summary><c>secret_key</c>; null when not given.</summary>
    public Secret? SecretKey { get; init; }
}
