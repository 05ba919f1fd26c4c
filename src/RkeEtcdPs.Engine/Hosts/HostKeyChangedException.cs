using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>A host showed another key than the one in known_hosts.</summary>
public sealed class HostKeyChangedException : EtcdSnapshotException
{
    internal HostKeyChangedException(RkeNode node, string? fingerprint, string? bastion = null, string? knownHosts = null)
        : base(
            FailureCategory.AuthenticationError,
            $"The host key of {(bastion is null ? "" : $"the bastion {bastion} before ")}{node.Name} ({node.Address}:{node.Port}) has changed"
                + (fingerprint is null ? "." : $"; it is now {fingerprint}."),
            $"Either the host was installed anew or somebody stands in between. If it was: `ssh-keygen {(knownHosts is null ? "" : $"-f '{knownHosts}' ")}-R {bastion ?? (node.Port == 22 ? node.Address : $"[{node.Address}]:{node.Port}")}`, then try again.")
    {
        Node = node.Name;
        Fingerprint = fingerprint;
    }

    private HostKeyChangedException(string message, string advice, RkeNode node, string fingerprint)
        : base(FailureCategory.AuthenticationError, message, advice)
    {
        Node = node.Name;
        Fingerprint = fingerprint;
    }

    /// <summary>The new key's type and SHA-256 fingerprint as ssh prints them; null when ssh did not say.</summary>
    public string? Fingerprint { get; }

    internal static HostKeyChangedException ToRevoked(RkeNode node, string fingerprint) => new(
        $"The host key of {node.Name} ({node.Address}:{node.Port}) is revoked in known_hosts: {fingerprint}.",
        "Somebody may stand in between with a stolen key. Give the host a new key, and let the @revoked line stay.",
        node,
        fingerprint);
}
