using RkeEtcdPs.Engine.Configuration.Yaml;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Reads <c>nodes</c> and <c>bastion_host</c>.</summary>
internal sealed class NodeReader(Section top, string clusterName, Findings findings)
{
    private const int SshPort = 22;
    private const int HighestPort = 65535;

    /// <summary>The nodes, in the order of the file. Those with errors have placeholders.</summary>
    /// <param name="bastion">What all connections go through; null when they go directly.</param>
    public List<(RkeNode Node, Section At)> Read(RkeBastion? bastion)
    {
        List<(RkeNode, Section)> nodes = [];
        foreach (YamlElement item in top.Items("nodes"))
        {
            string what = $"node {nodes.Count + 1}";
            if (Section.Open(item, what, ClusterKeys.Node, findings) is { } section)
            {
                nodes.Add((ReadNode(section, what, bastion), section));
            }
        }
        return nodes;
    }

    /// <summary>The bastion; null when there is none. An entry without an address is none, as in RKE.</summary>
    public RkeBastion? ReadBastion()
    {
        Section? section = top.Child("bastion_host", ClusterKeys.Bastion);
        if (section?.Find("address") is null)
        {
            return null;
        }
        return new RkeBastion
        {
            Address = Checked(section, "address", HostRules.Address) ?? "",
            Port = Port(section),
            User = Checked(section, "user", HostRules.User),
            Login = SshLoginReader.Read(section, top),
        };
    }

    private RkeNode ReadNode(Section section, string what, RkeBastion? bastion)
    {
        string? address = Checked(section, "address", HostRules.Address);
        if (section.Find("address") is null)
        {
            findings.Error(section.At, $"{what} has no address");
        }
        string? user = Checked(section, "user", HostRules.User);
        if (section.Find("user") is null && address is not (null or "localhost" or "127.0.0.1"))
        {
            findings.Error(section.At, $"{what} has no user");
        }
        return new RkeNode
        {
            ClusterName = clusterName,
            Name = Name(section, address),
            Address = address ?? "",
            InternalAddress = Checked(section, "internal_address", HostRules.Address) ?? address ?? "",
            Port = Port(section),
            Roles = RoleReader.Read(section, what, findings),
            User = user,
            DockerSocket = Checked(section, "docker_socket", HostRules.UnixPath) ?? "/var/run/docker.sock",
            Login = SshLoginReader.Read(section, top),
            Bastion = bastion,
            Labels = section.Map("labels"),
        };
    }

    private string Name(Section section, string? address)
    {
        string written = section.Text("hostname_override") ?? address ?? "";
        string name = written.ToLowerInvariant();
        if (name.Length > 0 && HostRules.NodeName(name) is string problem)
        {
            bool isOwn = section.Find("hostname_override") is not null;
            findings.Error(section.Place(isOwn ? "hostname_override" : "address"),
                isOwn ? $"'hostname_override' {problem}" : $"the address is also the node's name and {problem}; give 'hostname_override'");
        }
        else if (name != written)
        {
            findings.Warn(section.Place("hostname_override"), "the node's name is taken in lower case, as RKE does from 0.1.12 on");
        }
        return name;
    }

    private int Port(Section section)
    {
        string? text = section.Text("port");
        if (text is null)
        {
            return SshPort;
        }
        if (text.Length <= 5 && text.All(char.IsAsciiDigit) && int.Parse(text, null) is >= 1 and <= HighestPort and int port)
        {
            return port;
        }
        findings.Error(section.Place("port"), $"'port' must be a number from 1 to {HighestPort}");
        return SshPort;
    }

    private string? Checked(Section section, string key, Func<string, string?> rule)
    {
        string? text = section.Text(key);
        if (text is null || rule(text) is not string problem)
        {
            return text;
        }
        findings.Error(section.Place(key), $"'{key}' {problem}");
        return null;
    }
}
