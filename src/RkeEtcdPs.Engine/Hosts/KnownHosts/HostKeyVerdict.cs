namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>What known_hosts says of the key that a host showed.</summary>
internal enum HostKeyVerdict
{
    /// <summary>It says nothing of that host.</summary>
    Unknown,

    /// <summary>It has this key.</summary>
    Known,

    /// <summary>It has other keys only.</summary>
    Changed,

    /// <summary>It says that this key must not be accepted.</summary>
    Revoked,
}
