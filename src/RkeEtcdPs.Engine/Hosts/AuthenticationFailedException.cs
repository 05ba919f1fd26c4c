using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The host, or the bastion before it, accepted none of our keys.</summary>
public sealed class AuthenticationFailedException : EtcdSnapshotException
{
    internal AuthenticationFailedException(RkeNode node, string cause, string advice, Exception? inner = null)
        : base(FailureCategory.AuthenticationError, $"{node.Name} ({node.Address}:{node.Port}) refused the login: {cause}.", advice, inner)
    {
        Node = node.Name;
    }
}
