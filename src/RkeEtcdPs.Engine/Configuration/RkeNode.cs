namespace RkeEtcdPs.Engine.Configuration;

/// <summary>One host of a cluster, from an entry under <c>nodes</c> of cluster.yml, with RKE's defaults filled in.</summary>
public sealed record RkeNode
{
    /// <summary>The name of the cluster it belongs to; never empty.</summary>
    public required string ClusterName { get; init; }

    /// <summary>What the node is called in Kubernetes and in etcd: <c>hostname_override</c>, which is the address when it is not given.</summary>
    public required string Name { get; init; }

    /// <summary>Where SSH reaches it: a name or an IP address.</summary>
    public required string Address { get; init; }

    /// <summary>Where the other nodes reach it: <c>internal_address</c>, which is <see cref="Address"/> when it is not given.</summary>
    public required string InternalAddress { get; init; }

    /// <summary>The SSH port; 22 when it is not given.</summary>
    public int Port { get; init; } = 22;

    /// <summary>The roles; at least one.</summary>
    public required NodeRoles Roles { get; init; }

    /// <summary>The SSH user; null only on the local machine (see <see cref="IsLocal"/>).</summary>
    public string? User { get; init; }

    /// <summary>The path of the Docker engine's socket on the node; <c>/var/run/docker.sock</c> when it is not given.</summary>
    public string DockerSocket { get; init; } = "/var/run/docker.sock";

    /// <summary>How to log in.</summary>
    public SshLogin Login { get; init; } = new();

    /// <summary>The bastion through which SSH goes; null when it goes directly.</summary>
    public RkeBastion? Bastion { get; init; }

    /// <summary>Kubernetes labels; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>True when the node is this machine and no SSH is needed: <c>localhost</c> or <c>127.0.0.1</c>, without a user.</summary>
    public bool IsLocal => User is null && Address is ("localhost" or "127.0.0.1");

    /// <summary>The name of its etcd member, as RKE gives it: <c>etcd-</c> and the name.</summary>
    public string EtcdMemberName => $"etcd-{Name}";

    /// <summary>The name of its member's certificate, as RKE gives it: dots become dashes, the colons of an IPv6 address stay.</summary>
    internal string EtcdCertificateName => $"kube-etcd-{InternalAddress.Replace('.', '-').ToLowerInvariant()}";

    /// <summary>Where other members reach its member, as RKE has it.</summary>
    internal string EtcdPeerUrl => $"https://{InUrl(InternalAddress)}:2380";

    /// <summary>An address as it stands in a URL: one of IPv6 in brackets.</summary>
    internal static string InUrl(string address) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;

    /// <summary>True when the node has that role (or all of those roles).</summary>
    public bool Is(NodeRoles roles) => (Roles & roles) == roles;

    /// <inheritdoc />
    public override string ToString() => Name;
}
