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

    private static readonly Lazy<string> Script = new(() => EmbeddedScript.Read("save-snapshot.sh"));

    /// <summary>The container that saves or receives a snapshot.</summary>
    /// <param name="image">The rke-tools image.</param>
    /// <param name="request">The name, and whether it replaces one.</param>
    /// <param name="etcd">The member to save from; null to receive.</param>
    /// <param name="expectedHash">The content that must be received; null to save, or to ask for the room that there is.</param>
    public static HelperContainerSpec Describe(string image, SaveRequest request, EtcdContainer? etcd, string? expectedHash) => new()
    {
        Name = SaveContainer,
        Image = image,
        // The image may have an entry point of its own. What varies goes in as arguments, which no shell reads as text.
        Entrypoint = ["sh", "-c", Script.Value, "save-snapshot"],
        Arguments = [(etcd, expectedHash) switch { (not null, _) => "save", (_, not null) => "receive", _ => "room" }, request.Name, request.Replace ? "yes" : "no", expectedHash ?? ""],
        Binds = etcd is null ? [$"{Path}:{Mounted}"] : [$"{Path}:{Mounted}", $"{etcd.HostKubernetesFolder}:/etc/kubernetes:ro"],
        Environment = etcd?.EtcdctlEnvironment ?? [],
        HostNetwork = etcd is not null,
    };
}
