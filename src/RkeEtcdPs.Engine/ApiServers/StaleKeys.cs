using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Which keys speak of hosts that are not in cluster.yml. Nothing is guessed: what may be a host's is not stale.</summary>
internal static class StaleKeys
{
    public const string Leases = "masterleases/";
    public const string Nodes = "minions/";

    /// <summary>The leases of kubelets, since Kubernetes 1.14.</summary>
    public const string NodeLeases = "leases/kube-node-lease/";

    /// <summary>The keys in an answer of <c>etcdctl get --keys-only --write-out=json</c>, each with the revision of its last change.</summary>
    /// <remarks>The JSON of etcd's RangeResponse, api/etcdserverpb/rpc.proto: without <c>kvs</c> when there are none.</remarks>
    /// <exception cref="JsonException">It is none.</exception>
    public static IReadOnlyDictionary<string, long> Read(string json)
    {
        Dictionary<string, long> keys = new(StringComparer.Ordinal);
        try
        {
            using JsonDocument answer = JsonDocument.Parse(json);
            if (answer.RootElement.TryGetProperty("kvs", out JsonElement all))
            {
                foreach (JsonElement one in all.EnumerateArray())
                {
                    keys[Encoding.UTF8.GetString(one.GetProperty("key").GetBytesFromBase64())] = one.GetProperty("mod_revision").GetInt64();
                }
            }
        }
        catch (Exception error) when (error is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new JsonException("It is not as etcdctl writes it.", error);
        }

        return keys;
    }

    /// <summary>The addresses among the leases of API servers that no host of cluster.yml has.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="prefix">What they begin with.</param>
    public static IReadOnlyList<StaleTrace> ApiServers(RkeCluster cluster, IEnumerable<string> keys, string prefix)
    {
        HashSet<string> known = new(cluster.Nodes.SelectMany(node => new[] { node.Address, node.InternalAddress }).Select(Canonical), StringComparer.OrdinalIgnoreCase);
        return [.. Names(keys, prefix).Where(name => IsAddress(name) && !known.Contains(Canonical(name))).Select(name => Trace(cluster, StaleTraceKind.ApiServer, name, prefix))];
    }

    /// <summary>The names among the Node objects that no host of cluster.yml has.</summary>
    /// <inheritdoc cref="ApiServers"/>
    public static IReadOnlyList<StaleTrace> NodeObjects(RkeCluster cluster, IEnumerable<string> keys, string prefix)
    {
        // As RKE does, in lower case.
        HashSet<string> known = new(cluster.Nodes.SelectMany(node => new[] { node.Name, node.Address, node.InternalAddress }), StringComparer.OrdinalIgnoreCase);
        return [.. Names(keys, prefix).Where(name => IsName(name) && !known.Contains(name)).Select(name => Trace(cluster, StaleTraceKind.Node, name, prefix))];
    }

    /// <summary>Why Node objects cannot be told by their names; null when they can.</summary>
    public static string? Doubt(RkeCluster cluster, IEnumerable<string> keys, string prefix)
    {
        // The one of AWS always does; others may, by the names of their machines.
        if (cluster.CloudProvider is { Length: > 0 } and not ("none" or "custom"))
        {
            return $"the cloud provider {cluster.CloudProvider} may give nodes names of its own";
        }

        HashSet<string> there = new(Names(keys, prefix), StringComparer.OrdinalIgnoreCase);
        return there.Count > 0 && !cluster.Nodes.Any(node => there.Contains(node.Name)) ? "none of them has the name of a host in cluster.yml" : null;
    }

    /// <summary>The addresses that a machine has itself, from the kernel's <c>/proc/net/fib_trie</c>: each stands on the line before one that says <c>host LOCAL</c>.</summary>
    public static IReadOnlyList<string> LocalAddresses(string trie)
    {
        List<string> addresses = [];
        string last = "";
        foreach (string line in trie.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line.Contains("host LOCAL", StringComparison.Ordinal) && last.Length > 0)
            {
                addresses.Add(last);
            }

            last = line.StartsWith("|--", StringComparison.Ordinal) ? line[3..].Trim() : last;
        }

        return [.. addresses.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>An address as Kubernetes writes it, whichever of its spellings this is; what is no address stays as it is.</summary>
    public static string Canonical(string address)
        => IPAddress.TryParse(address, out IPAddress? parsed) ? (parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed).ToString() : address;

    private static IEnumerable<string> Names(IEnumerable<string> keys, string prefix)
        => keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length).Select(key => key[prefix.Length..]);

    private static StaleTrace Trace(RkeCluster cluster, StaleTraceKind kind, string name, string prefix)
        => new()
        {
            ClusterName = cluster.Name,
            Kind = kind,
            Name = name,
            Key = prefix + name,
            Signs = kind == StaleTraceKind.Node ? [prefix + name, prefix[..^Nodes.Length] + NodeLeases + name] : [prefix + name],
        };

    private static bool IsAddress(string name) => IPAddress.TryParse(name, out IPAddress? address) && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    private static bool IsName(string name) => name.All(one => char.IsAsciiLetterOrDigit(one) || one is '-' or '.');
}
