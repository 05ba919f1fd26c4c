using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>How an S3 server is reached, and how objects are written there. A proxy is taken from the environment.</summary>
public sealed record S3Connection
{
    /// <summary>Host and port, or a URL; null for Amazon's own of the region. Without a scheme it is https. With it buckets go into the path and not into the host name.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The region; null for what the profile or environment says, or <c>us-east-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Certificates in PEM form, one of which must have signed the server's; null for those that the system trusts.</summary>
    public string? CustomCa { get; init; }

    /// <summary>The access key; null to take credentials from <see cref="ProfileName"/> or the SDK's chain: environment, files, the machine's role.</summary>
    public Secret? AccessKey { get; init; }

    /// <summary>The secret key of <see cref="AccessKey"/>.</summary>
    public Secret? SecretKey { get; init; }

    /// <summary>A profile of the AWS configuration files; null for none in particular.</summary>
    public string? ProfileName { get; init; }

    /// <summary>How the server encrypts: <c>AES256</c> or <c>aws:kms</c>; null for the bucket's own way.</summary>
    public string? Encryption { get; init; }

    /// <summary>The key for <c>aws:kms</c>; null for the account's own.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>Whether an object is read back after it was written.</summary>
    public bool ReadBack { get; init; } = true;

    /// <summary>How long one request may take; a large object is many.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a request is sent again that failed for a reason that may pass.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>The bytes that a server copies in one request; larger objects it copies in several. Amazon's limit.</summary>
    internal long LargestCopy { get; init; } = 5L << 30;

    /// <summary>The <c>s3backupconfig</c> of a cluster.yml.</summary>
    public static (S3Connection Connection, S3Address Address) From(S3BackupConfig config) => (
        new S3Connection { Endpoint = config.Endpoint, Region = config.Region, CustomCa = config.CustomCa, AccessKey = config.AccessKey, SecretKey = config.SecretKey },
        S3Address.Of(config.Bucket, config.Folder ?? ""));
}
