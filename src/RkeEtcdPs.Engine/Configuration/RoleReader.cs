using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads <c>role</c>: a list, or one text with commas.</summary>
internal static class RoleReader
{
    private static readonly Dictionary<string, NodeRoles> Names = new(StringComparer.Ordinal)
    {
        ["controlplane"] = NodeRoles.ControlPlane,
        ["etcd"] = NodeRoles.Etcd,
        ["worker"] = NodeRoles.Worker,
    };

    /// <summary>The roles; after an error, those that are known.</summary>
    public static NodeRoles Read(Section node, string what, Findings findings)
    {
        YamlElement? role = node.Find("role");
        IReadOnlyList<YamlElement> items = role is YamlSequence list ? list.Items : role is null ? [] : [role];
        NodeRoles roles = NodeRoles.None;
        foreach (YamlElement item in items)
        {
            foreach (string name in ScalarValue.Line(item, "role", findings)?.Split(',', StringSplitOptions.TrimEntries) ?? [])
            {
                if (!Names.TryGetValue(name, out NodeRoles one))
                {
                    string hint = NearestName.Find(name, Names.Keys) is string near ? $" (did you mean '{near}'?)" : "";
                    findings.Error(item, $"unknown role{hint}: a role is controlplane, etcd or worker");
                }
                roles |= one;
            }
        }
        if (items.All(item => item is YamlScalar { IsEmpty: true }))
        {
            findings.Error(node.Place("role"), $"{what} has no role");
        }
        return roles;
    }
}
