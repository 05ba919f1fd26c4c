using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>A host showed another key than the one in known_hosts.</summary>
public sealed class HostKeyChangedException : EtcdSnapshotException
{
    internal HostKeyChangedException(RkeNode node, string? fingerprint)
        : base(
            FailureCategory.AuthenticationError,
            $"The host key of {node.Name} ({node.Address}:{node.Port}) has changed"
                + (fingerprint is null ? "." : $"; it is now {fingerprint}."),
            $"Either the host was installed anew or somebody stands in between. If it was: `ssh-keygen -R {(node.Port == 22 ? node.Address : $"[{node.Address}]:{node.Port}")}`, then try again.")
    {
        Node = node.Name;
        Fingerprint = fingerprint;
    }

    /// <summary>The new key's type and SHA-256 fingerprint as ssh prints them; null when ssh did not say.</summary>
    public string? Fingerprint { get; }
}
