namespace RkeEtcdPs.Engine.Recovery;

/// <summary>Every step of a restore and of its way back, in order. After each of them the client may be gone.</summary>
public enum RestoreStep
{
    /// <summary>The host is logged in to.</summary>
    Connect,

    /// <summary>A host without an etcd container gets the images, from a registry or another host.</summary>
    Supply,

    /// <summary>The host is taken: no save, no RKE and no other restore runs there until the end.</summary>
    Lock,

    /// <summary>The host, its etcd and its copy of the snapshot are looked at.</summary>
    Inspect,

    /// <summary>The snapshot is copied to a host that has none.</summary>
    Distribute,

    /// <summary>The record of the operation is written.</summary>
    Begin,

    /// <summary>The certificates of a new etcd host are issued, and laid beside those that it has.</summary>
    Certify,

    /// <summary>The recurring snapshot service is stopped.</summary>
    HoldSchedule,

    /// <summary>etcd's tool makes the new data beside the old.</summary>
    Stage,

    /// <summary>The new data is put on the disk and read.</summary>
    Settle,

    /// <summary>The record says on every host that the switch begins.</summary>
    MarkSwitching,

    /// <summary>Every host is asked whether it is still taken: a client that slept may have lost it. Done before each stop.</summary>
    CheckLock,

    /// <summary>The API servers are stopped.</summary>
    StopApiServers,

    /// <summary>The engine is told not to start etcd by itself.</summary>
    HoldEtcd,

    /// <summary>etcd is stopped on every host.</summary>
    StopEtcd,

    /// <summary>The old data is moved aside and the new into its place.</summary>
    Switch,

    /// <summary>etcd is started.</summary>
    StartEtcd,

    /// <summary>The new cluster is proved.</summary>
    Prove,

    /// <summary>The record says that it was proved; from here on nothing is put back without being asked.</summary>
    MarkProved,

    /// <summary>The engine may start etcd by itself again.</summary>
    ReleaseEtcd,

    /// <summary>The API servers are started.</summary>
    StartApiServers,

    /// <summary>The recurring snapshot service is started where it was stopped.</summary>
    ReleaseSchedule,

    /// <summary>The record says that the restore is done.</summary>
    MarkDone,

    /// <summary>Every component that watches is restarted, on every node.</summary>
    RestartComponents,

    /// <summary>The record says how the restart of the components ended.</summary>
    MarkRestarted,

    /// <summary>Way back: the host is taken anew, over a new way where the old one is lost.</summary>
    BackTake,

    /// <summary>Way back: the record says that the old data is put back.</summary>
    MarkUndoing,

    /// <summary>Way back: the recurring snapshot service is stopped.</summary>
    BackHoldSchedule,

    /// <summary>Way back: the API servers are stopped.</summary>
    BackStopApiServers,

    /// <summary>Way back: the engine is told not to start etcd by itself.</summary>
    BackHoldEtcd,

    /// <summary>Way back: etcd is stopped where new data is in its place.</summary>
    BackStopEtcd,

    /// <summary>Way back: the old data is moved into its place.</summary>
    Back,

    /// <summary>Way back: the certificates that were put into their place go, and those that they replaced come back.</summary>
    BackCertificates,

    /// <summary>Way back: etcd is started.</summary>
    BackStartEtcd,

    /// <summary>Way back: the old cluster is proved.</summary>
    BackProve,

    /// <summary>Way back: the engine may start etcd by itself again.</summary>
    BackReleaseEtcd,

    /// <summary>Way back: the API servers are started.</summary>
    BackStartApiServers,

    /// <summary>Way back: what was staged is removed, and the record says that the restore is undone.</summary>
    MarkUndone,

    /// <summary>Way back by hand: every component that watches is restarted, on every node.</summary>
    BackRestartComponents,

    /// <summary>Way back by hand: the record says how the restart of the components ended.</summary>
    BackMarkRestarted,
}
