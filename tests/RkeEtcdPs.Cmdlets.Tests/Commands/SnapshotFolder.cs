using System.IO.Compression;
using System.Text;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using RkeEtcdPs.Engine.Tests.SnapshotFile;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

/// <summary>A temporary folder of snapshot files with Kubernetes objects in them.</summary>
internal sealed class SnapshotFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("snapshots");

    /// <summary>A host whose location is the folder.</summary>
    public RecordingHost Host() => new() { Location = _folder.FullName };

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Four objects: a Deployment, a ConfigMap, an encrypted and a plain Secret, written in that order from revision 2 on.</summary>
    public static EtcdFile Shop() => new EtcdFile().WithBuckets()
        .Put("/registry/deployments/shop/web", Proto.Kubernetes("apps/v1", "Deployment", [1, 2, 3]))
        .Put("/registry/configmaps/shop/settings", Proto.Kubernetes("v1", "ConfigMap", Entry("level", "info")))
        .Put("/registry/secrets/shop/locked", [.. Encoding.ASCII.GetBytes("k8s:enc:aescbc:v1:key1:"), 1, 2, 3, 4])
        .Put("/registry/secrets/shop/open", Proto.Kubernetes("v1", "Secret", Entry("password", "horse")));

    /// <summary>Writes a file.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    /// <summary>Writes a file with one bit turned over in its last page.</summary>
    public string WriteDamaged(string name)
    {
        byte[] bytes = Shop().Build();
        bytes[^100] ^= 1;
        return Write(name, bytes);
    }

    /// <summary>Writes a snapshot as RKE packs it.</summary>
    public string WriteZip(string name)
    {
        using ZipArchive zip = ZipFile.Open(PathOf(name), ZipArchiveMode.Create);
        using Stream entry = zip.CreateEntry("/backup/snapshot").Open();
        entry.Write(Shop().Build());
        return PathOf(name);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Entry(string name, string text) => Proto.Bytes(2, [.. Proto.Text(1, name), .. Proto.Text(2, text)]);
}
