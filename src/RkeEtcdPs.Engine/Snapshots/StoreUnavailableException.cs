using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A place for snapshots does not take what is written there.</summary>
public sealed class StoreUnavailableException : EtcdSnapshotException
{
    internal StoreUnavailableException(RkeNode node, string cause)
        : base(
            FailureCategory.ResourceUnavailable,
            $"The snapshot folder {SnapshotFolder.Path} of {node.Name} cannot be used: {cause}. The snapshot was not kept.",
            "Look at the file system it is on: it must be writable for root and allow hard links and renames.")
    {
        Node = node.Name;
    }

    internal StoreUnavailableException(string place, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.ResourceUnavailable, $"The store {place} cannot be used: {cause}.", advice, inner)
    {
    }
}
