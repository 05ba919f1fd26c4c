using System.Security.Cryptography;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Members;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The folder on every etcd host where RKE and this module keep snapshots, and the container that works in it.</summary>
internal static class SnapshotFolder
{
    /// <summary>Its path on the host. RKE never puts it under prefix_path.</summary>
    public const string Path = "/opt/rke/etcd-snapshots";

    /// <summary>Its path inside helper containers.</summary>
    public const string Mounted = "/backup";

    /// <summary>RKE's name for the container that saves one snapshot: with it, RKE and this module exclude each other.</summary>
    public const string SaveContainer = "etcd-snapshot-once";

    /// <summary>The name of a file that is being received, before it is verified.</summary>
    public static string PartName(string name) => $".{name}.etcdsnapshot.part";

    /// <summary>Such a name that nobody else uses, for a place that many clients may write to at the same time.</summary>
    public static string OwnPartName(string name) => $".{name}.etcdsnapshot-{RandomNumberGenerator.GetHexString(2 * OwnBytes, lowercase: true)}.part";

    /// <summary>True for the names above of one file.</summary>
    /// <param name="file">The name of a file.</param>
    /// <param name="partName">What <see cref="PartName"/> gives for the file, as the place writes it.</param>
    public static bool IsPart(string file, string partName)
    {
        int end = partName.Length - ".part".Length;
        return file == partName
            || (file.Length == partName.Length + 1 + (2 * OwnBytes)
                && file.StartsWith($"{partName[..end]}-", StringComparison.Ordinal)
                && file.EndsWith(".part", StringComparison.Ordinal)
                && file.Skip(end + 1).Take(2 * OwnBytes).All(char.IsAsciiHexDigitLower));
    }

    // Of a random name.
    private const int OwnBytes = 4;

    private static readonly Lazy<string> Script = new(() => EmbeddedScript.Read("save-snapshot.sh"));

    /// <summary>The container that works on one snapshot.</summary>
    /// <param name="image">The rke-tools image.</param>
    /// <param name="request">The file's name, and whether it replaces one.</param>
    /// <param name="work">What it does when it is started.</param>
    /// <param name="etcd">The member to save from; null for other work.</param>
    /// <param name="expectedHash">The content that must be received; null when that is not known, and for other work.</param>
    public static HelperContainerSpec Describe(
        string image, SaveRequest request, SnapshotFolderWork work, EtcdContainer? etcd = null, string? expectedHash = null) => new()
        {
            Name = SaveContainer,
            Image = image,
            // The image may have an entry point of its own. What varies goes in as arguments, which no shell reads as text.
            Entrypoint = ["sh", "-c", Script.Value, "save-snapshot"],
            Arguments = [work.ToString().ToLowerInvariant(), request.Name, request.Replace ? "yes" : "no", expectedHash ?? ""],
            Binds = etcd is null ? [$"{Path}:{Mounted}"] : [$"{Path}:{Mounted}", $"{etcd.HostKubernetesFolder}:/etc/kubernetes:ro"],
            Environment = etcd?.EtcdctlEnvironment ?? [],
            HostNetwork = etcd is not null,
        };
}
