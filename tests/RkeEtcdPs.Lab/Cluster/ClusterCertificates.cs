using System.Collections.Immutable;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Cluster;

/// <summary>The certificates of a cluster, named and placed as RKE does, in /etc/kubernetes/ssl of its hosts.</summary>
internal sealed class ClusterCertificates
{
    private const string Authority = "kube-ca";
    private static readonly string[] Everywhere = ["kube-node", "kube-proxy"];
    private static readonly string[] ControlPlane = ["kube-apiserver", "kube-controller-manager", "kube-scheduler"];
    private static readonly string[] FixedNames =
        ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", "10.43.0.1"];

    private readonly ImmutableDictionary<string, (string Certificate, string Key)> _issued;

    /// <summary>Makes them all; each holds the addresses and names of all hosts.</summary>
    internal ClusterCertificates(IReadOnlyList<HostPlan> hosts)
    {
        string[] names = [.. FixedNames, .. hosts.SelectMany(h => new[] { h.Address, h.InternalAddress, h.Configuration.Name })];
        string[] wanted = [.. Everywhere, .. ControlPlane, .. hosts.Where(h => h.Configuration.HasEtcd).Select(h => EtcdName(h.InternalAddress))];
        using var authority = new CertificateAuthority(Authority);
        _issued = wanted.AsParallel().Select(name => KeyValuePair.Create(name, authority.Issue(name, names)))
            .Append(KeyValuePair.Create(Authority, authority.Own)).ToImmutableDictionary();
    }

    /// <summary>The name of an etcd member's certificate.</summary>
    /// <param name="internalAddress">The address its peers reach it at.</param>
    internal static string EtcdName(string internalAddress) => "kube-etcd-" + internalAddress.Replace('.', '-');

    /// <summary>Writes those that a host has by its roles.</summary>
    /// <param name="host">The host.</param>
    /// <param name="folder">Its /etc/kubernetes/ssl.</param>
    internal void Write(HostConfiguration host, string folder)
    {
        foreach (var (name, pair) in _issued.Where(i => Has(host.Roles, i.Key)))
        {
            Write(Path.Combine(folder, name + ".pem"), pair.Certificate);
            // The key of the CA is on control plane hosts only.
            if (name != Authority || host.Roles.HasFlag(NodeRoles.ControlPlane))
            {
                Write(Path.Combine(folder, name + "-key.pem"), pair.Key);
            }
        }
    }

    private static bool Has(NodeRoles roles, string name) =>
        name == Authority || Everywhere.Contains(name) ||
        roles.HasFlag(ControlPlane.Contains(name) ? NodeRoles.ControlPlane : NodeRoles.Etcd);

    private static void Write(string path, string pem)
    {
        File.WriteAllText(path, pem);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
