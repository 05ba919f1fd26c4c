using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Says what went wrong with a folder that was to take a copy.</summary>
internal static class FolderFailure
{
    private const int NoSpace = 28;
    private const int QuotaReached = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>The failure that an exception stands for; null when it has nothing to do with the folder.</summary>
    public static EtcdSnapshotException? From(string folder, Exception error) => error switch
    {
        EtcdSnapshotException known => known,
        UnauthorizedAccessException => new StoreAccessDeniedException(folder, "this user may not write there", "Give the user the right to write in the folder, or choose another one.", error),
        IOException { HResult: NoSpace or QuotaReached or WindowsDiskFull or WindowsHandleDiskFull } => new NotEnoughDiskException(folder, "it became full while the copy was written"),
        IOException => new StoreUnavailableException(folder, error.Message.TrimEnd('.'), "Look whether the folder or share can be reached and written to, then copy again.", error),
        _ => null,
    };
}
