namespace RkeEtcdPs.Engine.Components;

/// <summary>The name that the kubelet gives a pod's container: <c>k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT</c>; the parts have no underscores.</summary>
internal sealed record PodContainer(string Container, string Pod, string Namespace, string Uid)
{
    private const string Sandbox = "POD";
    private const string SystemNamespace = "kube-system";

    private static readonly string[] Networks = ["flannel", "calico", "canal", "weave", "cilium"];
    private static readonly string[] Addons = ["ingress", "dns", "metrics-server"];

    /// <summary>What the names of this container's successors begin with as well: the kubelet counts only the attempt up.</summary>
    public string Prefix => $"k8s_{Container}_{Pod}_{Namespace}_{Uid}_";

    /// <summary>The tier it restarts in; null for the containers of workloads, and for the pause containers that hold a pod's network.</summary>
    public ComponentTier? Tier => Container == Sandbox ? null
        : IsOf(Networks) ? ComponentTier.Network
        : IsOf(Addons) ? ComponentTier.Addons
        : null;

    /// <summary>Reads a name; null when it is none of a pod's container.</summary>
    public static PodContainer? Parse(string name)
        => name.Split('_') is ["k8s", { Length: > 0 } container, { Length: > 0 } pod, { Length: > 0 } space, { Length: > 0 } uid, _]
            ? new PodContainer(container, pod, space, uid)
            : null;

    // A workload may be called what it likes; the cluster's own pods are in the cluster's own namespaces.
    private bool IsOf(string[] words) => words.Any(word =>
        (Has(Container, word) || Has(Pod, word)) && (Namespace == SystemNamespace || words.Any(own => Has(Namespace, own))));

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.Ordinal);
}
