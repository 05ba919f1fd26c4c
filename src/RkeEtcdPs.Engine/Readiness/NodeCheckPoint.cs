namespace RkeEtcdPs.Engine.Readiness;

/// <summary>What is checked on a node, in the order in which it is needed.</summary>
public enum NodeCheckPoint
{
    /// <summary>The name of the node resolves to an address.</summary>
    Name,

    /// <summary>The SSH server answers.</summary>
    Port,

    /// <summary>The key of the SSH server is known.</summary>
    HostKey,

    /// <summary>The user may log in.</summary>
    Login,

    /// <summary>The SSH server opens connections to the Docker socket.</summary>
    Forwarding,

    /// <summary>The user may use the Docker socket.</summary>
    SocketAccess,

    /// <summary>The Docker engine speaks a version of its API that this module speaks.</summary>
    Engine,

    /// <summary>The host's clock.</summary>
    Clock,

    /// <summary>The rke-tools image, in which work is done on the host.</summary>
    ToolsImage,

    /// <summary>The etcd container.</summary>
    EtcdContainer,

    /// <summary>The health of the etcd member, and its alarms.</summary>
    EtcdMember,

    /// <summary>The certificates that etcd uses.</summary>
    Certificates,

    /// <summary>Nobody holds the host so that no snapshot can be saved.</summary>
    SaveLock,

    /// <summary>Room for the next snapshots.</summary>
    SnapshotDisk,

    /// <summary>Room for the new data of a restore beside the old one.</summary>
    RestoreDisk,

    /// <summary>The age of the newest good snapshot.</summary>
    NewestSnapshot,

    /// <summary>The recurring snapshot service.</summary>
    Schedule,

    /// <summary>The node as a whole: something that no other point covers.</summary>
    Node,
}
