using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>No SSH connection to a node could be made, or one broke.</summary>
public sealed class NodeUnreachableException : EtcdSnapshotException
{
    /// <summary>The cause when the name of the node resolves to no address.</summary>
    internal const string NameUnknown = "its name does not resolve";

    internal NodeUnreachableException(RkeNode node, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.ConnectionError, $"{node.Name} ({node.Address}:{node.Port}) cannot be reached: {cause}.", advice, inner)
    {
        Node = node.Name;
        Cause = cause;
    }

    /// <summary>Why, in words that follow a colon.</summary>
    internal string Cause { get; }
}
