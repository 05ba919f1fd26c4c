namespace RkeEtcdPs.Engine.Configuration;

/// <summary>What a node does in the cluster; a node may have several roles.</summary>
[Flags]
public enum NodeRoles
{
    /// <summary>No role; not valid in a cluster.yml.</summary>
    None = 0,

    /// <summary><c>controlplane</c>: kube-apiserver, kube-controller-manager, kube-scheduler.</summary>
    ControlPlane = 1,

    /// <summary><c>etcd</c>: an etcd member.</summary>
    Etcd = 2,

    /// <summary><c>worker</c>: runs workloads.</summary>
    Worker = 4,
}
