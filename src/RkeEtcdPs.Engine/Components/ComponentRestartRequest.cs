using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Components;

/// <summary>What is to be restarted, and how.</summary>
public sealed record ComponentRestartRequest
{
    /// <summary>Stands for the containers of the network's pods.</summary>
    public const string Network = "Network";

    /// <summary>Stands for the containers of ingress, DNS and metrics pods.</summary>
    public const string Addons = "Addons";

    /// <summary>Only these: names such as <c>kubelet</c>, <see cref="Network"/>, <see cref="Addons"/>. Null or empty for all but the addons.</summary>
    public IReadOnlyList<string>? Components { get; init; }

    /// <summary>Restart the addons too.</summary>
    public bool IncludeAddons { get; init; }

    /// <summary>Take the control plane host by host, the next only when the one before is up.</summary>
    public bool Rolling { get; init; }

    /// <summary>The image to ask health URLs with; null to use the rke-tools image that the hosts have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>How many hosts are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>The limit for the work on one host; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long a component may take to end before it is killed; whole seconds, well below the limit of a request to the engine.</summary>
    public TimeSpan StopLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a component may take to run steadily and, where it has a health URL, to be healthy.</summary>
    public TimeSpan HealthLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a container must run without ending to count as running.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take a container's first script to make way for the component itself.</summary>
    public TimeSpan EntryTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The id that marks everything this request leaves on the hosts while it runs.</summary>
    public string Operation { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>The id of the restore whose end this is, and which still holds the hosts; null for anybody else, to whom a restore forbids kube-apiserver.</summary>
    internal string? Restore { get; init; }

    /// <summary>What will be restarted on a node, in order: names of components, and the groups of pods.</summary>
    public IReadOnlyList<string> ComponentsOn(RkeNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return
        [
            .. KubeComponent.All.Where(component => node.Is(component.Role) && Wants(component.Name)).Select(component => component.Name),
            .. Wants(Network) ? [Network] : Array.Empty<string>(),
            .. Wants(Addons) ? [Addons] : Array.Empty<string>(),
        ];
    }

    /// <summary>Of some nodes those with anything to restart and one of the roles; with any role for <see cref="NodeRoles.None"/>.</summary>
    /// <exception cref="NodeNotFoundException">There is none, and the command would quietly do nothing.</exception>
    public IReadOnlyList<SelectedNode> Choose(IReadOnlyList<SelectedNode> nodes, NodeRoles roles)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        SelectedNode[] chosen =
            [.. nodes.Where(node => (roles == NodeRoles.None || (node.Node.Roles & roles) != NodeRoles.None) && ComponentsOn(node.Node).Count > 0)];
        return chosen.Length > 0 || nodes.Count == 0
            ? chosen
            : throw new NodeNotFoundException(
                $"None of the nodes {string.Join(", ", nodes.Take(10).Select(node => node.Node.Name))} has such a role, or what is to be restarted there.",
                "kube-apiserver, kube-controller-manager and kube-scheduler are on nodes with the controlplane role, the others on every node.");
    }

    internal bool Has(RkeNode node, ComponentTier tier) => ComponentsOn(node).Any(name => TierOf(name) == tier);

    internal IEnumerable<KubeComponent> ComponentsOn(RkeNode node, ComponentTier tier)
        => KubeComponent.All.Where(component => component.Tier == tier && node.Is(component.Role) && Wants(component.Name));

    internal static ComponentTier TierOf(string name) => name switch
    {
        Network => ComponentTier.Network,
        Addons => ComponentTier.Addons,
        _ => KubeComponent.All.First(component => component.Name == name).Tier,
    };

    private bool Wants(string name)
        => (name == Addons && IncludeAddons)
            || (Components is { Count: > 0 } chosen ? chosen.Contains(name, StringComparer.OrdinalIgnoreCase) : name != Addons);
}
