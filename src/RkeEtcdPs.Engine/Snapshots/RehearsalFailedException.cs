using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>An etcd did not start from a copy, or did not serve what is in it.</summary>
public sealed class RehearsalFailedException : EtcdSnapshotException
{
    internal RehearsalFailedException(EtcdSnapshot snapshot, string cause)
        : base(
            FailureCategory.InvalidData,
            $"{snapshot} was rehearsed, and it does not restore: {cause}.",
            "Rehearse another copy of it, and another snapshot. What it was tried with is the etcd image of that host.")
    {
        Node = snapshot.Node;
    }
}
