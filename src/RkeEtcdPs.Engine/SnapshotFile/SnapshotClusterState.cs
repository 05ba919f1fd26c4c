namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>What a snapshot tells of the etcd cluster it was taken from, apart from its keys.</summary>
public sealed record SnapshotClusterState
{
    /// <summary>The raft term of the last change; null before etcd 3.5, which does not store it.</summary>
    public ulong? Term { get; init; }

    /// <summary>The index of the last raft entry in it; null when it is not stored.</summary>
    public ulong? ConsistentIndex { get; init; }

    /// <summary>The cluster's version, such as <c>3.4.0</c>; null when it is not stored.</summary>
    public string? ClusterVersion { get; init; }

    /// <summary>The version of the storage, such as <c>3.6.0</c>; null before etcd 3.6.</summary>
    public string? StorageVersion { get; init; }

    /// <summary>The members, learners too; empty in the database of a host that has been restored and has not started since.</summary>
    public required IReadOnlyList<SnapshotMember> Members { get; init; }

    /// <summary>How many members were removed in the life of the cluster.</summary>
    public int RemovedMemberCount { get; init; }

    /// <summary>True when clients must log in.</summary>
    public bool AuthEnabled { get; init; }

    /// <summary>The number of etcd users.</summary>
    public int UserCount { get; init; }

    /// <summary>The number of leases that have not ended.</summary>
    public int LeaseCount { get; init; }

    /// <summary>The number of alarms that are raised, such as that the database is full.</summary>
    public int AlarmCount { get; init; }

    /// <summary>The revision up to which history was compacted away; null when it never was. The state at this revision is still in the file.</summary>
    public long? CompactedRevision { get; init; }
}
