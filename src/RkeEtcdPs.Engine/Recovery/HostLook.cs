using System.Globalization;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What <c>look</c> of <c>restore-snapshot.sh</c> saw on a host.</summary>
internal sealed record HostLook
{
    /// <summary>The host's clock.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Bytes free where etcd's data is.</summary>
    public long Free { get; init; }

    /// <summary>Bytes free there once what killed clients have left is removed.</summary>
    public long FreeAfterSweep => Free + Operations.Where(operation => operation.Stale).Sum(operation => operation.Staged ?? 0);

    /// <summary>Bytes free where snapshots are; null when that is not known.</summary>
    public long? Room { get; init; }

    /// <summary>Bytes of etcd's data; null when there is none.</summary>
    public long? Data { get; init; }

    /// <summary>The restores that the host remembers, oldest first.</summary>
    public IReadOnlyList<RestoreRecord> Operations { get; init; } = [];

    /// <summary>What the host remembers of one restore; null when it knows nothing of it.</summary>
    public RestoreRecord? Find(string operation) => Operations.FirstOrDefault(record => record.Operation == operation);

    public static HostLook Parse(IEnumerable<string> lines)
    {
        HostLook look = new();
        List<RestoreRecord> operations = [];
        Dictionary<string, string> record = [];
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', 3);
            switch (words)
            {
                case ["now", { } seconds]:
                    look = look with { Now = DateTimeOffset.FromUnixTimeSeconds(Number(seconds)) };
                    break;
                case ["free", { } bytes]:
                    look = look with { Free = Number(bytes) };
                    break;
                case ["room", { } bytes]:
                    look = look with { Room = Number(bytes) };
                    break;
                case ["member", { } bytes]:
                    look = look with { Data = Number(bytes) };
                    break;
                case ["operation", { } name]:
                    operations.Add(new RestoreRecord { Operation = name, Lines = record = [] });
                    break;
                case ["has", { } part, { } bytes] when operations.Count > 0:
                    operations[^1] = Add(operations[^1], part, Number(bytes));
                    break;
                case ["damaged"] when operations.Count > 0:
                    operations[^1] = operations[^1] with { Altered = true };
                    break;
                case ["record", ..] when line.IndexOf('=', StringComparison.Ordinal) is var equals and > 0:
                    record[line["record ".Length..equals]] = line[(equals + 1)..];
                    break;
            }
        }

        return look with { Operations = [.. operations.Select(Conclude).OrderBy(operation => operation.Operation, StringComparer.Ordinal)] };
    }

    private static RestoreRecord Add(RestoreRecord record, string part, long bytes) => part switch
    {
        "staged" => record with { Staged = bytes },
        "kept" => record with { Kept = bytes },
        _ => record with { Undone = bytes },
    };

    private static RestoreRecord Conclude(RestoreRecord record)
        => record with { Phase = Enum.TryParse(record.Lines.GetValueOrDefault("phase", ""), ignoreCase: true, out RestorePhase phase) && Enum.IsDefined(phase) ? phase : null };

    private static long Number(string text) => long.TryParse(text, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
