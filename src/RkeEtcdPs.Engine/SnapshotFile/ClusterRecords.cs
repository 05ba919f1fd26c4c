using System.Buffers.Binary;
using System.Text;

namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>Collects what the small buckets tell of the cluster. The names are those of etcd's <c>storage/schema/bucket.go</c>.</summary>
internal sealed class ClusterRecords : ILeafEntries
{
    // A cluster has up to nine. What a hostile file can make us keep has an end.
    private const int MaxMembers = 1000;

    private readonly List<SnapshotMember> _members = [];
    private SnapshotClusterState _state = new() { Members = [] };

    /// <summary>The bucket whose entries come next.</summary>
    public string Bucket { get; set; } = "";

    /// <summary>What has been collected.</summary>
    public SnapshotClusterState State => _state with { Members = [.. _members] };

    /// <inheritdoc />
    public void Take(LeafPage leaf, int index, LeafElement element, ReadOnlySpan<byte> key)
    {
        if (element.IsBucket)
        {
            throw leaf.Fault(index, "a bucket is inside a bucket, which etcd never does");
        }

        ReadOnlySpan<byte> value = leaf.Value(element);
        switch (Bucket)
        {
            case "meta":
                TakeMeta(leaf, index, Encoding.ASCII.GetString(key), value);
                break;
            case "cluster" when key.SequenceEqual("clusterVersion"u8):
                _state = _state with { ClusterVersion = Text(value) };
                break;
            case "members" when _members.Count < MaxMembers:
                _members.Add(MemberRecord.Parse(key, value) ?? throw leaf.Fault(index, "a member's record cannot be read"));
                break;
            case "members":
                throw leaf.Fault(index, $"there are more than {MaxMembers} members");
            case "members_removed":
                _state = _state with { RemovedMemberCount = _state.RemovedMemberCount + 1 };
                break;
            case "auth" when key.SequenceEqual("authEnabled"u8):
                _state = _state with { AuthEnabled = value.SequenceEqual([(byte)1]) };
                break;
            case "authUsers":
                _state = _state with { UserCount = _state.UserCount + 1 };
                break;
            case "lease":
                _state = _state with { LeaseCount = _state.LeaseCount + 1 };
                break;
            case "alarm":
                _state = _state with { AlarmCount = _state.AlarmCount + 1 };
                break;
            default:
                break;
        }
    }

    private void TakeMeta(LeafPage leaf, int index, string key, ReadOnlySpan<byte> value)
    {
        _state = key switch
        {
            "consistent_index" => _state with { ConsistentIndex = Number(leaf, index, value) },
            "term" => _state with { Term = Number(leaf, index, value) },
            "storageVersion" => _state with { StorageVersion = Text(value) },
            "finishedCompactRev" or "scheduledCompactRev" => _state with { CompactedRevision = Compacted(leaf, index, value) },
            _ => _state,
        };
    }

    // etcd refuses states before a compaction from the moment it is scheduled.
    private long Compacted(LeafPage leaf, int index, ReadOnlySpan<byte> value) => Math.Max(
        _state.CompactedRevision ?? 0,
        RevisionKey.ParseMain(value) ?? throw leaf.Fault(index, "the compacted revision cannot be read"));

    private static ulong Number(LeafPage leaf, int index, ReadOnlySpan<byte> value) => value.Length == sizeof(ulong)
        ? BinaryPrimitives.ReadUInt64BigEndian(value)
        : throw leaf.Fault(index, "a number of etcd's own is not eight bytes long");

    private static string? Text(ReadOnlySpan<byte> value) => value.Length is > 0 and < 64 ? Encoding.UTF8.GetString(value) : null;
}
