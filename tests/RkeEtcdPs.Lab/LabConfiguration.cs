using System.Collections.Immutable;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Lab;

/// <summary>What a lab is to be like; shared by the command line and the tests.</summary>
public sealed record LabConfiguration
{
    /// <summary>The hosts in the order of cluster.yml; at least one of them with etcd.</summary>
    public required ImmutableArray<HostConfiguration> Hosts { get; init; }

    /// <summary>The state folder; null for a new one in the folder for temporary files.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// False: the lab belongs to the process that starts it and all of its processes end with that process, however it ends.
    /// True: the lab stays until it is taken down.
    /// </summary>
    public bool Detached { get; init; }

    /// <summary><c>cluster_name</c> in cluster.yml.</summary>
    public string ClusterName { get; init; } = "lab";

    /// <summary>True: every host has a second interface, and its address there is its <c>internal_address</c>.</summary>
    public bool InternalNetwork { get; init; }

    /// <summary>True: one more host, which has nothing but sshd, is the only way to the others.</summary>
    public bool Bastion { get; init; }

    /// <summary>False: the etcd image has no shell, as newer ones.</summary>
    public bool EtcdShell { get; init; } = true;

    /// <summary>More options of <c>docker create</c> for the etcd containers, as <c>extra_env</c> and <c>extra_binds</c> give them.</summary>
    public ImmutableArray<string> EtcdOptions { get; init; } = [];

    /// <summary>More flags for etcd, as <c>extra_args</c> gives them.</summary>
    public ImmutableArray<string> EtcdFlags { get; init; } = [];

    /// <summary>Hosts <c>node1</c>, <c>node2</c>, … with all roles.</summary>
    /// <param name="count">How many.</param>
    /// <param name="change">Changes each of them; null for ordinary hosts.</param>
    public static LabConfiguration WithHosts(int count, Func<HostConfiguration, HostConfiguration>? change = null) => new()
    {
        Hosts = [.. Enumerable.Range(1, count).Select(n => new HostConfiguration($"node{n}")).Select(h => change?.Invoke(h) ?? h)],
    };

    /// <summary>The same with one more host that has the role worker only.</summary>
    public LabConfiguration AndWorker(string name = "worker1") =>
        this with { Hosts = Hosts.Add(new HostConfiguration(name) { Roles = NodeRoles.Worker }) };
}
