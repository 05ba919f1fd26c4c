using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>A host has no room for what was to be written there. Nothing of it is left behind.</summary>
public sealed class NotEnoughDiskException : EtcdSnapshotException
{
    internal NotEnoughDiskException(RkeNode node, string cause)
        : base(
            FailureCategory.LimitsExceeded,
            $"There is not enough disk on {node.Name}: {cause}.",
            "Make room there, for instance by moving old snapshots elsewhere, and try again.")
    {
        Node = node.Name;
    }

    internal NotEnoughDiskException(string place, string cause)
        : base(FailureCategory.LimitsExceeded, $"There is not enough disk for {place}: {cause}.", "Make room there, for instance by moving old snapshots elsewhere, and try again.")
    {
    }
}
