namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>The lines of known_hosts files.</summary>
internal sealed class KnownHostList
{
    private readonly KnownHost[] _hosts;

    private KnownHostList(KnownHost[] hosts) => _hosts = hosts;

    public static KnownHostList Parse(IEnumerable<string> lines) => new([.. lines.Select(KnownHost.TryParse).OfType<KnownHost>()]);

    /// <summary>What is known of the key that a host showed.</summary>
    /// <remarks>
    /// As OpenSSH, but for one thing: a host of which only keys of other types are known counts as changed and not as unknown,
    /// since it is asked for these types first and would have shown one of them.
    /// </remarks>
    public HostKeyVerdict Check(string address, int port, HostKey key)
    {
        KnownHost[] known = Find(HostNames.Name(address, port));
        // A key that is known for the host without its port is good for all its ports.
        KnownHost[] anyPort = port == 22 ? known : [.. known, .. Find(HostNames.Name(address, 22))];
        KnownHost[] same = [.. anyPort.Where(host => host.Key.IsSameAs(key))];
        return same.Length == 0
            ? known.Any(host => !host.IsRevoked) ? HostKeyVerdict.Changed : HostKeyVerdict.Unknown
            : same.Any(host => host.IsRevoked) ? HostKeyVerdict.Revoked : HostKeyVerdict.Known;
    }

    /// <summary>The types of the keys that are known of a host; empty when none is.</summary>
    public IReadOnlySet<string> TypesOf(string address, int port)
    {
        KnownHost[] known = Find(HostNames.Name(address, port));
        return (known.Length > 0 ? known : Find(HostNames.Name(address, 22))).Where(host => !host.IsRevoked).Select(host => host.Key.Type).ToHashSet();
    }

    private KnownHost[] Find(string name) => [.. _hosts.Where(host => host.Names.Match(name))];
}
