using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The private key that cluster.yml names cannot be used: missing, not readable, not a key, or locked by a passphrase.</summary>
public sealed class KeyUnreadableException : EtcdSnapshotException
{
    internal KeyUnreadableException(RkeNode node, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.InvalidArgument, $"The SSH key for {node.Name} cannot be used: {cause}.", advice, inner)
    {
        Node = node.Name;
    }
}
