namespace RkeEtcdPs.Engine.Members;

/// <summary>The state of one etcd member, by its own account.</summary>
public sealed record EtcdMember
{
    /// <summary>The cluster.</summary>
    public required string ClusterName { get; init; }

    /// <summary>The node it runs on.</summary>
    public required string Node { get; init; }

    /// <summary>That node's address.</summary>
    public required string Address { get; init; }

    /// <summary>True when a read that needs the quorum went through it within its time limit.</summary>
    public required bool Healthy { get; init; }

    /// <summary>The member's id in hexadecimal, as etcdctl shows it.</summary>
    public required string MemberId { get; init; }

    /// <summary>The version of etcd.</summary>
    public required string Version { get; init; }

    /// <summary>True when it leads; null when it knows no leader.</summary>
    public required bool? IsLeader { get; init; }

    /// <summary>The id of the member that it takes for the leader, in hexadecimal; null when it knows none.</summary>
    public required string? LeaderId { get; init; }

    /// <summary>True when it is a learner, which does not vote.</summary>
    public required bool IsLearner { get; init; }

    /// <summary>The revision of its key-value store.</summary>
    public required long Revision { get; init; }

    /// <summary>The raft index it has committed.</summary>
    public required long RaftIndex { get; init; }

    /// <summary>The raft term it is in.</summary>
    public required long RaftTerm { get; init; }

    /// <summary>The size of its database file, in bytes.</summary>
    public required long DbSize { get; init; }

    /// <summary>How much of <see cref="DbSize"/> is in use, in bytes; null when its version does not say (before 3.4).</summary>
    public required long? DbSizeInUse { get; init; }

    /// <summary>Alarms of the cluster that concern it, such as <c>NOSPACE</c>; empty when there are none.</summary>
    public required StatementList Alarms { get; init; }

    /// <summary>What the member says is wrong with it, and why it is not healthy; empty when nothing is.</summary>
    public required StatementList Errors { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Node} ({MemberId})";
}
