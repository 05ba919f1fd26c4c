namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Chooses the nodes a command works on.</summary>
public static class NodeSelection
{
    private const int MostNamed = 10;

    /// <summary>Chooses nodes by name, address or internal address, ignoring case.</summary>
    /// <param name="nodes">All nodes, of one cluster or more.</param>
    /// <param name="patterns">
    /// Names or addresses, each with PowerShell's wildcards <c>*</c>, <c>?</c>, <c>[a-z]</c> if wanted; null or empty for all nodes that have the role.
    /// </param>
    /// <param name="role">The role that is needed; <see cref="NodeRoles.None"/> for any node.</param>
    /// <returns>At least one node, each once, in the order of <paramref name="nodes"/>.</returns>
    /// <exception cref="NodeNotFoundException">
    /// There is no such node, or not with that role; also for a wildcard that matches none, because a command without a node would quietly do nothing.
    /// </exception>
    public static IReadOnlyList<RkeNode> Select(IEnumerable<RkeNode> nodes, IReadOnlyCollection<string>? patterns, NodeRoles role = NodeRoles.None)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        RkeNode[] all = [.. nodes];
        if (patterns is null or { Count: 0 })
        {
            RkeNode[] able = [.. all.Where(node => node.Is(role))];
            return able.Length > 0
                ? able
                : throw new NodeNotFoundException($"There is no node{WithRole(role)}.", "Check the roles under nodes in cluster.yml.");
        }
        HashSet<int> chosen = [];
        foreach (string pattern in patterns)
        {
            chosen.UnionWith(Find(all, pattern, role));
        }
        return [.. chosen.Order().Select(index => all[index])];
    }

    private static int[] Find(RkeNode[] all, string pattern, NodeRoles role)
    {
        int[] found = [.. Indexes(all, text => string.Equals(text, pattern, StringComparison.OrdinalIgnoreCase))];
        if (found.Length == 0)
        {
            found = [.. Indexes(all, text => NamePattern.Matches(pattern, text))];
        }
        if (found.Length == 0)
        {
            throw NotFound(all, pattern);
        }
        int[] able = [.. found.Where(index => all[index].Is(role))];
        if (able.Length > 0)
        {
            return able;
        }
        throw new NodeNotFoundException(
            found is [int only] ? $"Node {all[only].Name} has no {RoleName(role)} role." : $"No node that matches '{pattern}' has the {RoleName(role)} role.",
            $"Nodes{WithRole(role)}: {NameSome(all.Where(node => node.Is(role)))}.");
    }

    private static IEnumerable<int> Indexes(RkeNode[] all, Func<string, bool> isMatch)
        => Enumerable.Range(0, all.Length).Where(i => isMatch(all[i].Name) || isMatch(all[i].Address) || isMatch(all[i].InternalAddress));

    private static NodeNotFoundException NotFound(RkeNode[] all, string pattern)
    {
        string[] names = [.. all.SelectMany(node => (string[])[node.Name, node.Address, node.InternalAddress]).Distinct(StringComparer.OrdinalIgnoreCase)];
        string[] near = [.. NearestName.FindAll(pattern, names).Take(3)];
        return new NodeNotFoundException(
            NamePattern.HasWildcard(pattern) ? $"No node matches '{pattern}'." : $"There is no node '{pattern}'.",
            near.Length > 0 ? $"Did you mean {string.Join(" or ", near)}?" : $"The nodes are: {NameSome(all)}.");
    }

    private static string NameSome(IEnumerable<RkeNode> nodes)
    {
        string[] names = [.. nodes.Select(node => node.Name)];
        string text = names.Length == 0 ? "none" : string.Join(", ", names.Take(MostNamed));
        return names.Length > MostNamed ? $"{text} and {names.Length - MostNamed} more" : text;
    }

    private static string WithRole(NodeRoles role) => role == NodeRoles.None ? "" : $" with the {RoleName(role)} role";

    private static string RoleName(NodeRoles role)
        => string.Join(" and ", Enum.GetValues<NodeRoles>().Where(one => one != NodeRoles.None && role.HasFlag(one)).Select(one => one.ToString().ToLowerInvariant()));
}
