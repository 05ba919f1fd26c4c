using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A copy does not hold the same bytes as its source.</summary>
public sealed class SnapshotMismatchException : EtcdSnapshotException
{
    internal SnapshotMismatchException(RkeNode node, string name, string cause)
        : base(
            FailureCategory.InvalidData,
            $"The copy of {name} on {node.Name} is not the same as its source: {cause}. It was not kept.",
            "Copy it again; when it happens again, check the disk and memory of the host.")
    {
        Node = node.Name;
    }

    /// <summary>The source is not any more what it was.</summary>
    internal SnapshotMismatchException(string place, string cause)
        : base(
            FailureCategory.InvalidData,
            $"The snapshot {place} is not what it was when it was looked at: {cause}. Nothing was kept of it.",
            "List it again; when nobody has replaced it, check the disk it is on, and use another copy.")
    {
    }

    private SnapshotMismatchException(EtcdSnapshot copy, string cause)
        : base(
            FailureCategory.InvalidData,
            $"{copy} is not known to be the same on all hosts: {cause}.",
            "A restore needs the same bytes on every host: Copy-EtcdSnapshot makes them so, and Save-EtcdSnapshot -SingleSource from the start.")
    {
        Node = copy.Node;
    }

    internal static SnapshotMismatchException AmongHosts(EtcdSnapshot copy, IReadOnlyList<EtcdSnapshot> copies) => new(
        copy,
        copies.Count < 2 ? "no other host has it"
            : copies.Any(other => other.ContentHash is null) ? $"the copy on {copies.First(other => other.ContentHash is null).Node} has no hash"
            : $"{string.Join(", ", copies.GroupBy(other => other.ContentHash).Select(same => string.Join(" and ", same.Select(other => other.Node))))} differ");
}
