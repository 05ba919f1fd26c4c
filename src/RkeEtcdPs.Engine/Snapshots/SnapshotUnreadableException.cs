using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot file is there, and the system does not let us read it. Nothing is known of what is in it.</summary>
public sealed class SnapshotUnreadableException : EtcdSnapshotException
{
    internal SnapshotUnreadableException(string path, FailureCategory category, Exception inner)
        : base(
            category,
            $"The snapshot file {path} cannot be read: {inner.Message.TrimEnd('.')}.",
            category == FailureCategory.PermissionDenied
                ? "Read it as a user who may, or give yourself permission: RKE writes snapshots that only root can read."
                : "Check the disk, and the room in the temporary folder when the file is a zip; then try again, or use another copy.",
            inner)
    {
        Path = path;
    }

    /// <summary>The full path of the file.</summary>
    public string Path { get; }
}
