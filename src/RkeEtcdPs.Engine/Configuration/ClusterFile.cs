using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads a cluster.yml, with RKE's defaults and checks.</summary>
/// <remarks>
/// Beyond RKE: unknown keys are warned of, all errors are told at once, and values that ssh or a path could misread are refused.
/// A relative <c>ssh_key_path</c> is left as written: as in RKE it is relative to the current folder, not to the file.
/// </remarks>
public static class ClusterFile
{
    /// <summary>No cluster.yml is longer, in bytes or characters; a longer one is refused unread.</summary>
    public const int MostBytes = 16 * 1024 * 1024;

    private const int PartBytes = 64 * 1024;
    private const string PathAdvice = "Give the path of the cluster.yml that RKE was run with; $env:ETCDSNAPSHOT_CLUSTER can name it for all commands. Nothing was contacted or changed.";

    /// <summary>Reads a cluster from a file in UTF-8, or in UTF-16 with a byte order mark.</summary>
    /// <param name="path">A path in the file system; a relative one is relative to the process's current folder.</param>
    /// <returns>The cluster; <see cref="RkeCluster.Path"/> is the full path.</returns>
    /// <exception cref="ClusterConfigInvalidException">The file cannot be read or is not a usable cluster.yml.</exception>
    public static RkeCluster Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            string fullPath = Path.GetFullPath(path);
            if (Directory.Exists(fullPath))
            {
                throw NotReadable(path, "it is a folder");
            }
            byte[] bytes = ReadBytes(fullPath);
            return bytes.Length > MostBytes
                ? throw NotReadable(path, $"it is larger than {MostBytes >> 20} MiB")
                : Parse(path, fullPath, () => YamlText.Decode(bytes));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw NotReadable(path, "there is no such file");
        }
        catch (UnauthorizedAccessException)
        {
            throw NotReadable(path, "this user may not read it");
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw NotReadable(path, "it cannot be read: " + e.Message);
        }
    }

    /// <summary>Reads a cluster from YAML text.</summary>
    /// <returns>The cluster; <see cref="RkeCluster.Path"/> is null.</returns>
    /// <exception cref="ClusterConfigInvalidException">The text is not a usable cluster.yml.</exception>
    public static RkeCluster Parse(string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        const string Source = "The YAML text";
        return yaml.Length > MostBytes
            ? throw NotReadable(Source, $"it is larger than {MostBytes >> 20} MiB")
            : Parse(Source, null, () => yaml.TrimStart('\uFEFF'));
    }

    private static RkeCluster Parse(string source, string? path, Func<string> decode)
    {
        Findings findings = new();
        RkeCluster? cluster = null;
        try
        {
            string text = decode();
            YamlText.Check(text);
            YamlElement? root = YamlTreeReader.Read(text, findings);
            if (root is null or YamlScalar { IsNull: true })
            {
                findings.Error(new ConfigurationMessage(0, 0, "it is empty"));
            }
            else if (Section.Open(root, "a cluster.yml", ClusterKeys.Top, findings) is { } top)
            {
                cluster = new ClusterReader(top, findings).Read(path);
            }
        }
        catch (YamlUnreadableException e)
        {
            findings.Error(e.Finding);
        }
        return cluster is not null && findings.Errors.Count == 0
            ? cluster
            : throw new ClusterConfigInvalidException(source, findings.Errors, findings.Warnings);
    }

    private static byte[] ReadBytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using MemoryStream bytes = new();
        byte[] part = new byte[PartBytes];
        // A device or a file that grows has no length to rely on.
        for (int read = file.Read(part); read > 0 && bytes.Length <= MostBytes; read = file.Read(part))
        {
            bytes.Write(part, 0, read);
        }
        return bytes.ToArray();
    }

    private static ClusterConfigInvalidException NotReadable(string source, string why)
        => new(source, [new ConfigurationMessage(0, 0, why)], advice: PathAdvice);
}
