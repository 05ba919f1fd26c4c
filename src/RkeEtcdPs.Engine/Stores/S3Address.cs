using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>A folder of a bucket.</summary>
/// <param name="Bucket">The bucket's name.</param>
/// <param name="Folder">The folder, without the slash behind it; empty for the top of the bucket.</param>
public sealed record S3Address(string Bucket, string Folder = "")
{
    private const string Scheme = "s3://";

    /// <summary>Reads <c>s3://bucket/folder</c>, as somebody writes it.</summary>
    /// <exception cref="StoreUnavailableException">It is none, or no server is sure to know the folder by it.</exception>
    public static S3Address Parse(string uri)
    {
        (string bucket, string key) = Split(uri);
        string folder = key.EndsWith('/') ? key[..^1] : key;
        return key.Length > 0 && folder.Split('/').Contains("")
            ? throw new StoreUnavailableException(
                uri, "there is nothing between two of its slashes; some servers refuse that, and others take it for another folder", "Write one slash between folders. What a folder of cluster.yml means that is written so is reached with -S3.")
            : new S3Address(bucket, folder);
    }

    /// <summary>The folder that a cluster.yml names, which is taken as it is: objects of RKE lie there.</summary>
    /// <exception cref="StoreUnavailableException">Requests for it would be for another one.</exception>
    public static S3Address Of(string bucket, string folder)
    {
        RefuseDots($"{Scheme}{bucket}/{folder}", folder);
        return new S3Address(bucket, folder);
    }

    /// <summary>The folder in which an object lies, by the object's address, which is taken as it is.</summary>
    /// <exception cref="StoreUnavailableException">It is no address, or requests for it would be for another one.</exception>
    public static S3Address FolderOf(string path)
    {
        (string bucket, string key) = Split(path);
        return new S3Address(bucket, key.Contains('/', StringComparison.Ordinal) ? key[..key.LastIndexOf('/')] : "");
    }

    /// <summary>The key of a file in the folder.</summary>
    public string Key(string file) => Folder.Length == 0 ? file : $"{Folder}/{file}";

    /// <summary>The address of a key in the bucket.</summary>
    public string Path(string key) => $"{Scheme}{Bucket}/{key}";

    /// <inheritdoc />
    public override string ToString() => Folder.Length == 0 ? $"{Scheme}{Bucket}" : $"{Scheme}{Bucket}/{Folder}";

    private static (string Bucket, string Key) Split(string uri)
    {
        string[] parts = uri.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? uri[Scheme.Length..].Split('/', 2) : [""];
        if (parts[0] is "" or "." or "..")
        {
            throw new StoreUnavailableException(uri, "that is no address of a bucket", "Write it as s3://bucket or s3://bucket/folder; the server goes to -Endpoint.");
        }

        string key = parts.Length > 1 ? parts[1] : "";
        RefuseDots(uri, key);
        return (parts[0], key);
    }

    // Whoever sends a request resolves them, as in any URL: it would be for another folder, or another bucket.
    private static void RefuseDots(string uri, string key)
    {
        if (key.Split('/').FirstOrDefault(segment => segment is "." or "..") is { } dots)
        {
            throw new StoreUnavailableException(uri, $"'{dots}' between slashes means another folder to what sends requests", "Write the folder without it, as the objects in it are called.");
        }
    }
}
