using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>No SSH connection to a node could be made, or one broke.</summary>
public sealed class NodeUnreachableException : EtcdSnapshotException
{
    internal NodeUnreachableException(RkeNode node, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.ConnectionError, $"{node.Name} ({node.Address}:{node.Port}) cannot be reached: {cause}.", advice, inner)
    {
        Node = node.Name;
    }
}
