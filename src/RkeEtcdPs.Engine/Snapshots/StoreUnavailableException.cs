using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A place for snapshots cannot be read, or does not take what is written there.</summary>
public sealed class StoreUnavailableException : EtcdSnapshotException
{
    internal StoreUnavailableException(RkeNode node, string cause, string consequence = "The snapshot was not kept.")
        : base(
            FailureCategory.ResourceUnavailable,
            $"The snapshot folder {SnapshotFolder.Path} of {node.Name} cannot be used: {cause}. {consequence}",
            "Look at the file system it is on: it must be writable for root and allow hard links and renames.")
    {
        Node = node.Name;
    }

    /// <param name="place">How the admin knows it.</param>
    /// <param name="cause">What is wrong, as a clause.</param>
    /// <param name="advice">What to do about it.</param>
    /// <param name="inner">What it was noticed by; null when there is none.</param>
    public StoreUnavailableException(string place, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.ResourceUnavailable, $"The store {place} cannot be used: {cause}.", advice, inner)
    {
    }

    internal StoreUnavailableException(string folder, Exception inner)
        : base(
            inner is UnauthorizedAccessException ? FailureCategory.PermissionDenied : FailureCategory.ResourceUnavailable,
            $"The folder {folder} cannot be used: {inner.Message.TrimEnd('.')}.",
            "Check the path, that it is reachable, and your permissions there.",
            inner)
    {
    }
}
