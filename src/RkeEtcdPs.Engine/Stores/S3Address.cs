using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder of a bucket.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Folder">The folder, without slashes at its ends; empty for the top of the bucket.</param>
public sealed record S3Address(string Bucket, string Folder = "")
{
    private const string Scheme = "s3://";

    /// <summary>Reads <c>s3://bucket/folder</c>.</summary>
    /// <exception cref="StoreUnavailableException">It is none.</exception>
    public static S3Address Parse(string uri)
    {
        string[] parts = uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? uri[Scheme.Length..].Split('/', 2) : [""];
        return parts[0].Length > 0
            ? new S3Address(parts[0], parts.Length > 1 ? parts[1].Trim('/') : "")
            : throw new StoreUnavailableException(uri, "that is no address of a bucket", "Write it as s3://bucket or s3://bucket/folder; the server goes to -Endpoint.");
    }

    /// <summary>The folder in which an object lies, by the object's address.</summary>
    /// <exception cref="StoreUnavailableException">It is no address.</exception>
    public static S3Address FolderOf(string path)
    {
        S3Address key = Parse(path);
        return key with { Folder = key.Folder.Contains('/', StringComparison.Ordinal) ? key.Folder[..key.Folder.LastIndexOf('/')] : "" };
    }

    /// <summary>The key of a file in the folder.</summary>
    public string Key(string file) => Folder.Length == 0 ? file : $"{Folder}/{file}";

    /// <summary>The address of a key in the bucket.</summary>
    public string Path(string key) => $"{Scheme}{Bucket}/{key}";

    /// <inheritdoc />
    public override string ToString() => Folder.Length == 0 ? $"{Scheme}{Bucket}" : $"{Scheme}{Bucket}/{Folder}";
}
