using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.Images;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab;

/// <summary>How a host comes back to its initial state between two tests.</summary>
public sealed partial class LabHost
{
    private const long LargeDatabase = 64_000_000;
    private static readonly string[] VariableFolders = ["docker", "etcd", "rancher"];

    private string Kubernetes => Path.Combine(Description.Folder, "kubernetes");

    private string EtcdDataFile => Path.Combine(Description.Folder, "etcd-data");

    /// <summary>
    /// Undoes every fault, removes what tests left (containers, snapshots, files), makes its containers again where they were changed, and
    /// starts them. Whether etcd can be healthy is the whole cluster's matter: <see cref="Lab.ResetAsync"/>.
    /// </summary>
    public async Task ResetAsync(CancellationToken cancellationToken = default)
    {
        await LinkUpAsync(cancellationToken);
        await ResumeSshdAsync();
        await RestoreHostKeyAsync(cancellationToken);
        await StartSshdAsync(cancellationToken);
        FreeDisk();
        await StartDockerdAsync(cancellationToken);
        // What a test left running would go on writing.
        await _containers.RemoveStrangersAsync(cancellationToken);
        await ResetFilesAsync(cancellationToken);
        await EnsureImagesAsync(cancellationToken);
        await _containers.EnsureAsync(cancellationToken);
    }

    /// <summary>Loads the lab's images, unless all of them are there.</summary>
    public async Task EnsureImagesAsync(CancellationToken cancellationToken = default)
    {
        string[] images = [LabImages.RkeTools, LabImages.Hyperkube, LabImages.Etcd(_lab.Configuration.EtcdShell)];
        if (!(await _engine.RunAsync(["image", "inspect", .. images], cancellationToken: cancellationToken)).Succeeded)
        {
            await _engine.MustRunAsync(["load", "--input", _folder.Images], cancellationToken);
        }
    }

    /// <summary>Starts everything for the first time.</summary>
    /// <param name="certificates">Being made.</param>
    /// <param name="images">Being written.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    internal async Task StartAsync(Task<ClusterCertificates> certificates, Task images, CancellationToken cancellationToken)
    {
        await StartSshdAsync(cancellationToken);
        await StartDockerdAsync(cancellationToken);
        await images;
        await EnsureImagesAsync(cancellationToken);
        (await certificates).Write(Description.Configuration, PathOf("/etc/kubernetes/ssl"));
        await Command.MustRunAsync(["cp", "-a", PathOf("/etc/kubernetes"), Kubernetes], cancellationToken: cancellationToken);
        await _containers.EnsureAsync(cancellationToken);
    }

    /// <summary>True when the member still is the one, with the data folder, that the lab started, and small.</summary>
    internal async Task<bool> HasOriginalEtcdAsync(CancellationToken cancellationToken)
    {
        var database = new FileInfo(PathOf("/var/lib/etcd/member/snap/db"));
        return File.Exists(EtcdDataFile)
            && await File.ReadAllTextAsync(EtcdDataFile, cancellationToken) == await DataIdentityAsync(cancellationToken)
            && database is { Exists: true, Length: < LargeDatabase }
            && await _containers.IsOriginalAsync(EtcdContainer.Name, cancellationToken);
    }

    /// <summary>Notes which data folder etcd has now, for <see cref="HasOriginalEtcdAsync"/>.</summary>
    internal async Task NoteEtcdAsync(CancellationToken cancellationToken) =>
        await File.WriteAllTextAsync(EtcdDataFile, await DataIdentityAsync(cancellationToken), cancellationToken);

    /// <summary>Removes the etcd container and its data.</summary>
    internal async Task RemoveEtcdAsync(CancellationToken cancellationToken)
    {
        File.Delete(EtcdDataFile);
        await _containers.RemoveAsync(EtcdContainer.Name, cancellationToken);
        var data = PathOf("/var/lib/etcd");
        Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Empty(data, keep: []);
    }

    /// <summary>Makes again and starts what is missing.</summary>
    internal Task EnsureContainersAsync(CancellationToken cancellationToken) => _containers.EnsureAsync(cancellationToken);

    private async Task<string> DataIdentityAsync(CancellationToken cancellationToken) =>
        (await RunAsync(["stat", "--format=%i %W", "/var/lib/etcd/member"], cancellationToken)).StandardOutput;

    private async Task ResetFilesAsync(CancellationToken cancellationToken)
    {
        Empty(PathOf("/opt/rke"), keep: []);
        Empty(PathOf("/var/lib/rancher"), keep: []);
        Empty(PathOf("/var/lib"), keep: VariableFolders);
        Empty(PathOf("/tmp"), keep: []);
        if (Directory.Exists(PathOf("/var/lib/etcd")))
        {
            Empty(PathOf("/var/lib/etcd"), keep: ["member"]);
        }

        if (!(await Command.RunAsync(["diff", "-rq", Kubernetes, PathOf("/etc/kubernetes")], cancellationToken: cancellationToken)).Succeeded)
        {
            Empty(PathOf("/etc/kubernetes"), keep: []);
            await Command.MustRunAsync(["cp", "-a", Kubernetes + "/.", PathOf("/etc/kubernetes")], cancellationToken: cancellationToken);
        }
    }

    private static void Empty(string folder, IReadOnlyCollection<string> keep)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => !keep.Contains(e.Name)))
        {
            if (entry is DirectoryInfo { LinkTarget: null } inner)
            {
                inner.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
