using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Looks at single files that this machine sees.</summary>
public static class SnapshotFiles
{
    /// <summary>What is known of a file by its name, size and ends.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="Errors.EtcdSnapshotException">It is not there, or cannot be read.</exception>
    public static EtcdSnapshot Describe(string path)
        => FolderStore.Look(new FileInfo(path)) ?? throw new SnapshotNotFoundException(path, Directory.Exists(path) ? "it is a folder" : "nothing is there");
}
