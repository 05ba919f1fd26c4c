using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Stores;

/// <summary>Files to be removed on a host, and what <c>remove-snapshots.sh</c> said of each.</summary>
internal sealed class HostRemoval(RkeNode node, IReadOnlyList<EtcdSnapshot> snapshots, Func<EtcdSnapshot, string> fileName)
{
    /// <summary>How long a file that may be unfinished must not have been written to. RKE's recurring service gives a save as long.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    private readonly List<string> _said = [];
    private bool _ended;

    /// <summary>The arguments that name the files.</summary>
    public IEnumerable<string> Arguments => snapshots.SelectMany(snapshot => (string[])
    [
        fileName(snapshot),
        snapshot.Size.ToString(CultureInfo.InvariantCulture),
        new DateTimeOffset(snapshot.ModifiedAt ?? DateTime.UnixEpoch, TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        snapshot.IsZip ? "" : snapshot.ContentHash ?? "",
    ]);

    public void Add(ContainerLine line)
    {
        if (line.IsError)
        {
            return;
        }

        if (line.Text == "end")
        {
            _ended = true;
        }
        else
        {
            _said.Add(line.Text);
        }
    }

    /// <summary>Each file with why it was not removed; null when it was.</summary>
    public IEnumerable<(EtcdSnapshot Snapshot, EtcdSnapshotException? Failure)> Outcomes()
        => snapshots.Select((snapshot, index) => (snapshot, Failure(snapshot, index < _said.Count ? _said[index] : _ended ? "" : "refused the container ended early")));

    private EtcdSnapshotException? Failure(EtcdSnapshot snapshot, string said) => said switch
    {
        "removed" => null,
        "missing" => new SnapshotNotFoundException(snapshot.ToString(), "it is not there any more") { Node = node.Name },
        "changed" => SnapshotNotRemovedException.Changed(snapshot),
        "busy" => SnapshotNotRemovedException.BeingWritten(snapshot),
        _ => SnapshotNotRemovedException.Refused(snapshot, said.StartsWith("refused ", StringComparison.Ordinal) ? said["refused ".Length..].Trim() : "nothing is known of it"),
    };
}
