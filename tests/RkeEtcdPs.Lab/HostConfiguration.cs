using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Lab;

/// <summary>What one host of a lab is to be like. The defaults are an ordinary host of a small cluster.</summary>
/// <param name="Name">Its host name and <c>hostname_override</c>: letters, digits and dashes.</param>
public sealed record HostConfiguration(string Name)
{
    /// <summary>Its roles; an etcd member and components run accordingly.</summary>
    public NodeRoles Roles { get; init; } = NodeRoles.ControlPlane | NodeRoles.Etcd | NodeRoles.Worker;

    /// <summary>Who logs in. Any name but <c>root</c> becomes a user of this host alone, who is only in its group <c>docker</c>.</summary>
    public string User { get; init; } = "root";

    /// <summary>The port of sshd.</summary>
    public int SshPort { get; init; } = 22;

    /// <summary>False: sshd refuses to forward Unix sockets (<c>AllowStreamLocalForwarding no</c>).</summary>
    public bool StreamLocalForwarding { get; init; } = true;

    /// <summary>False: no <c>docker</c> program on the PATH of an ssh session.</summary>
    public bool DockerCli { get; init; } = true;

    /// <summary>True: /var/lib/etcd is a mount of its own (a tmpfs), so that it cannot be renamed.</summary>
    public bool EtcdOwnMount { get; init; }

    /// <summary>The size in bytes of the tmpfs mounted at /opt/rke; null when /opt/rke is on the machine's disk.</summary>
    public long? SnapshotDiskBytes { get; init; }

    /// <summary>True: nothing of RKE was ever on it. It has sshd and a Docker engine, and neither images, containers, certificates nor folders for them.</summary>
    public bool Bare { get; init; }

    /// <summary>True when an etcd member runs on it.</summary>
    public bool HasEtcd => Roles.HasFlag(NodeRoles.Etcd);
}
