using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What <c>save-snapshot.sh</c> has said so far, understood.</summary>
internal sealed class SaveTranscript(RkeNode node, string name)
{
    private const int RememberedWords = 20;
    private const int HashDigits = 64;

    private readonly Queue<string> _words = new();
    private string? _failure;
    private string? _status;
    private string[] _saved = [];

    /// <summary>The size of the member's database in bytes; null until known.</summary>
    public long? Total { get; private set; }

    /// <summary>Bytes written so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>True once the file is complete and is being read back.</summary>
    public bool Verifying { get; private set; }

    public void Add(ContainerLine line)
    {
        (string fact, string value) = Split(line.Text);
        switch (line.IsError ? "" : fact)
        {
            case "total":
                Total = Number(value);
                break;
            case "bytes":
                Bytes = Math.Max(Bytes, Number(value));
                break;
            case "phase":
                Verifying = true;
                break;
            case "failed":
                _failure = value;
                break;
            case "saved":
                _saved = value.Split(' ');
                break;
            case "status":
                _status = value;
                break;
            default:
                Remember(line.Text);
                break;
        }
    }

    /// <summary>The snapshot that the script saved.</summary>
    /// <exception cref="EtcdSnapshotException">It says that it failed, or it ended without a word.</exception>
    public EtcdSnapshot Conclude(long exitCode, TimeSpan duration)
    {
        if (exitCode != 0 || _failure is not null || _saved.Length != 3 || _saved[2].Length != HashDigits || EtcdctlStatus.Read(_status) is not { } status)
        {
            throw Failure(exitCode);
        }

        return new EtcdSnapshot
        {
            ClusterName = node.ClusterName,
            Node = node.Name,
            Address = node.Address,
            Name = name,
            Path = $"{SnapshotFolder.Path}/{name}",
            Location = SnapshotLocation.Host,
            Size = Number(_saved[0]),
            CreatedAt = DateTimeOffset.FromUnixTimeSeconds(Number(_saved[1])).UtcDateTime,
            ContentHash = _saved[2],
            Revision = status.Revision,
            KeyCount = status.TotalKey,
            Duration = duration,
            Verified = true,
        };
    }

    private EtcdSnapshotException Failure(long exitCode)
    {
        (string kind, string detail) = Split(_failure ?? "");
        string said = detail.Length > 0 ? detail : _words.LastOrDefault(IsForPeople) ?? $"the save ended with exit code {exitCode}";
        return kind switch
        {
            "SnapshotCorrupt" => new SnapshotCorruptException($"{name} on {node.Name}: {said}; it was not kept") { Node = node.Name },
            "SnapshotMismatch" => new SnapshotMismatchException(node, name, said),
            "SnapshotExists" when said == "it is a folder" => SnapshotExistsException.Folder($"{SnapshotFolder.Path}/{name}", node.Name),
            "SnapshotExists" => new SnapshotExistsException(name, [node], $"The one being saved was not kept: {said}."),
            "StoreFailed" => new StoreUnavailableException(node, said),
            "ToolsUnsuitable" => new ImageMissingException(node, $"the image does not do as rke-tools: {said}"),
            "NotEnoughDisk" => NotEnoughDisk(detail.Split(' ')),
            // etcdctl removes what it wrote before it ends, so that there is room again when the script looks.
            _ when _words.Any(words => words.Contains("no space left on device", StringComparison.OrdinalIgnoreCase)) => NotEnoughDisk(["", ""]),
            "" when exitCode > 128 => new HelperKilledException(node, exitCode),
            _ => new EtcdUnhealthyException(node, said.Trim()),
        };
    }

    private NotEnoughDiskException NotEnoughDisk(string[] figures)
    {
        long needed = Number(figures[0]);
        long free = figures.Length > 1 ? Number(figures[1]) : 0;
        return new NotEnoughDiskException(node, free > 0
            ? $"{SnapshotFolder.Path} has {free} bytes free and the snapshot needs {needed}"
            : $"{SnapshotFolder.Path} became full while the snapshot was written");
    }

    private void Remember(string words)
    {
        if (_words.Count == RememberedWords)
        {
            _words.Dequeue();
        }

        _words.Enqueue(words);
    }

    // etcdctl logs what it does as JSON; what went wrong it says in plain words.
    private static bool IsForPeople(string line) => line.Trim() is { Length: > 0 } text && !text.StartsWith('{');

    private static (string First, string Remainder) Split(string text)
        => text.IndexOf(' ', StringComparison.Ordinal) is var space and > 0 ? (text[..space], text[(space + 1)..]) : (text, "");

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
