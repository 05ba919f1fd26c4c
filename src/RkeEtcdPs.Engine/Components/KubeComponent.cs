using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Components;

/// <summary>A component that RKE runs as a container of its own.</summary>
/// <param name="Name">Its name, which is also the container's.</param>
/// <param name="Tier">When it restarts.</param>
/// <param name="Role">The role of the hosts that have it; <see cref="NodeRoles.None"/> for every host.</param>
internal sealed record KubeComponent(string Name, ComponentTier Tier, NodeRoles Role)
{
    /// <summary>All of them, in the order in which they restart.</summary>
    public static IReadOnlyList<KubeComponent> All { get; } =
    [
        new("kube-apiserver", ComponentTier.ApiServer, NodeRoles.ControlPlane),
        new("kube-controller-manager", ComponentTier.ControlPlane, NodeRoles.ControlPlane),
        new("kube-scheduler", ComponentTier.ControlPlane, NodeRoles.ControlPlane),
        new("kubelet", ComponentTier.Node, NodeRoles.None),
        new("kube-proxy", ComponentTier.Node, NodeRoles.None),
    ];

    /// <summary>True when a command line is that of the component itself, and not of a script that will start it or of something else.</summary>
    public bool IsCommandLine(string commandLine)
    {
        string[] words = commandLine.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        string program = words.Length > 0 ? FileName(words[0]) : "";
        // hyperkube takes the component's name as a word, in older versions without `kube-`.
        return program == Name || (program == "hyperkube" && words.Length > 1 && (words[1] == Name || "kube-" + words[1] == Name));
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];
}
