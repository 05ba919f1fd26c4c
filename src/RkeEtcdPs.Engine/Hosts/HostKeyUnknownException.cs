using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>A host showed a key that is not in known_hosts.</summary>
public sealed class HostKeyUnknownException : EtcdSnapshotException
{
    internal HostKeyUnknownException(RkeNode node, string? fingerprint, string? bastion = null)
        : base(
            FailureCategory.AuthenticationError,
            $"The host key of {(bastion is null ? "" : $"the bastion {bastion} before ")}{node.Name} ({node.Address}:{node.Port}) is not known" + (fingerprint is null ? "." : $": {fingerprint}."),
            "Compare the fingerprint with `ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub` on the host, then log in once with ssh, or use -AcceptNewHostKey.")
    {
        Node = node.Name;
        Fingerprint = fingerprint;
    }

    /// <summary>The key's type and SHA-256 fingerprint as ssh prints them; null when ssh did not say.</summary>
    public string? Fingerprint { get; }
}
