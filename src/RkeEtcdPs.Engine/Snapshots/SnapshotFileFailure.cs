using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Says what went wrong with a local snapshot file.</summary>
public static class SnapshotFileFailure
{
    /// <summary>The failure that an exception stands for.</summary>
    /// <param name="path">The full path of the file.</param>
    /// <param name="exception">What reading it threw.</param>
    /// <returns>The failure; null when the exception has nothing to do with the file.</returns>
    public static EtcdSnapshotException? From(string path, Exception exception) => exception switch
    {
        SnapshotCorruptException fault => fault.In(path),
        EtcdSnapshotException known => known,
        FileNotFoundException or DirectoryNotFoundException => new SnapshotNotFoundException(path, "nothing is there", exception),
        UnauthorizedAccessException or IOException when Directory.Exists(path) => new SnapshotNotFoundException(path, "it is a folder", exception),
        UnauthorizedAccessException => new SnapshotUnreadableException(path, FailureCategory.PermissionDenied, exception),
        IOException or NotSupportedException => new SnapshotUnreadableException(path, FailureCategory.ResourceUnavailable, exception),
        _ => null,
    };
}
