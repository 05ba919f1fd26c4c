using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What a check of one snapshot found. Figures are null where the file is too damaged to tell them.</summary>
public sealed record EtcdSnapshotCheck
{
    /// <summary>The cluster the copy is of; null when that is not known, as of a file.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The node the copy lies on; null when it does not lie on a host.</summary>
    public string? Node { get; init; }

    /// <summary>The snapshot's name; null of a file that was given by its path.</summary>
    public string? Name { get; init; }

    /// <summary>When it was taken, in UTC, as <see cref="EtcdSnapshot.CreatedAt"/>; null of a file that was given by its path.</summary>
    public DateTime? CreatedAt { get; init; }

    /// <summary>How long ago that was when it was checked; null where <see cref="CreatedAt"/> is.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The full path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The same, for what takes files by that name, such as <c>Get-EtcdSnapshotContent</c>.</summary>
    public string FullName => Path;

    /// <summary>The verdict.</summary>
    public required SnapshotIntegrity Integrity { get; init; }

    /// <summary>Why it is corrupt: the hash that differs, the first fault of the structure, or both. Empty when it is not.</summary>
    public required IReadOnlyList<SnapshotCorruptException> Faults { get; init; }

    /// <summary>The bytes of the file; for a zip, of the database that is packed in it.</summary>
    public required long Size { get; init; }

    /// <summary>The SHA-256 that etcd wrote at the end, in lower-case hexadecimal; null when the file has none.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The SHA-256 of the content as it is now, in lower-case hexadecimal; null when the file is no database at all.</summary>
    public string? ComputedHash { get; init; }

    /// <summary>The revision of the key-value store in it; 0 when it is empty.</summary>
    public long? Revision { get; init; }

    /// <summary>Keys that exist at that revision: what etcd's tools call total keys from 3.6 on.</summary>
    public long? LiveKeyCount { get; init; }

    /// <summary>Entries of all buckets, history included: what etcd's tools call total keys up to 3.5.</summary>
    public long? EntryCount { get; init; }

    /// <summary>What etcd's own tool on the host calls total keys, in its version's sense; null where that tool was not asked.</summary>
    public long? KeyCount { get; init; }

    /// <summary>
    /// Whether all copies of this name, on all hosts of the cluster that have one, hold the same bytes; null when there is no other, or one has no hash.
    /// </summary>
    public bool? IsIdentical { get; init; }

    /// <summary>Whether a throw-away etcd started from this copy and served what is in it; null when that was not tried.</summary>
    public bool? Rehearsed { get; init; }

    /// <summary>The revision that the throw-away etcd answered with; null when it was not tried or did not answer.</summary>
    public long? RehearsedRevision { get; init; }

    /// <summary>The number of keys that the throw-away etcd counted; null when it was not tried or did not answer.</summary>
    public long? RehearsedKeyCount { get; init; }

    /// <summary>What is wrong with the copy beyond <see cref="Faults"/>: its age, copies that differ, a rehearsal that failed. Empty when nothing is.</summary>
    public IReadOnlyList<EtcdSnapshotException> Failures { get; init; } = [];

    /// <summary>True when it is sound and nothing else that was asked for failed; null of a file that was given by its path.</summary>
    public bool? Passed { get; init; }

    /// <summary>The CRC-32C that etcd's tools show as hash, in hexadecimal as they write it.</summary>
    public string? StatusHash { get; init; }

    /// <summary>The bytes of the database, free pages included: what etcd's tools call total size.</summary>
    public long? TotalSize { get; init; }

    /// <summary>The bytes of the pages in use. The rest is free for etcd to write to, and a defragmentation would drop it.</summary>
    public long? SizeInUse { get; init; }

    /// <summary>The raft term of the last change; null before etcd 3.5, which does not store it.</summary>
    public ulong? Term { get; init; }

    /// <summary>The index of the last raft entry in it; null when it is not stored.</summary>
    public ulong? ConsistentIndex { get; init; }

    /// <summary>The cluster's version, such as <c>3.4.0</c>; null when it is not stored.</summary>
    public string? ClusterVersion { get; init; }

    /// <summary>The version of the storage, such as <c>3.6.0</c>; null before etcd 3.6.</summary>
    public string? StorageVersion { get; init; }

    /// <summary>The members, learners too; empty in the database of a host that has been restored and has not started since.</summary>
    public IReadOnlyList<SnapshotMember> Members { get; init; } = [];

    /// <summary>Those of <see cref="Members"/> that do not vote.</summary>
    public IReadOnlyList<SnapshotMember> Learners { get; init; } = [];

    /// <summary>True when clients of etcd must log in.</summary>
    public bool? AuthEnabled { get; init; }

    /// <summary>The number of etcd users.</summary>
    public int? UserCount { get; init; }

    /// <summary>The number of leases that have not ended.</summary>
    public int? LeaseCount { get; init; }

    /// <summary>The number of alarms that are raised, such as that the database is full.</summary>
    public int? AlarmCount { get; init; }

    /// <summary>The revision up to which history was compacted away; null when it never was.</summary>
    public long? CompactedRevision { get; init; }

    /// <summary>The oldest revision that has an entry in the file; null when there is none.</summary>
    public long? OldestRevision { get; init; }

    /// <summary>The newest revision that has an entry in the file; null when there is none.</summary>
    public long? NewestRevision { get; init; }

    /// <summary>How long the check took.</summary>
    public required TimeSpan Duration { get; init; }
}
