namespace RkeEtcdPs.Engine.Components;

/// <summary>When a component restarts: those of one tier together, and a tier after the one before it is up.</summary>
public enum ComponentTier
{
    /// <summary>kube-apiserver: all others watch through it.</summary>
    ApiServer,

    /// <summary>kube-controller-manager and kube-scheduler.</summary>
    ControlPlane,

    /// <summary>kubelet and kube-proxy, on every node.</summary>
    Node,

    /// <summary>The containers of the network's pods: flannel, calico, canal, weave, cilium.</summary>
    Network,

    /// <summary>The containers of ingress, DNS and metrics pods.</summary>
    Addons,
}
