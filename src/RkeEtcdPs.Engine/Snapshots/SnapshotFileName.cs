using System.Globalization;
using System.Text.RegularExpressions;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What the name of a file says of the snapshot in it.</summary>
/// <param name="Name">The snapshot's name: that of the file, without <c>.zip</c>, and without what marks it as unfinished.</param>
/// <param name="Kind">Recurring or one-time, as RKE names them.</param>
/// <param name="IsUnfinished">True for what a save or a copy that did not end has left.</param>
/// <param name="TakenAt">The time in the name, in UTC; null when there is none.</param>
internal sealed partial record SnapshotFileName(string Name, SnapshotKind Kind, bool IsUnfinished, DateTime? TakenAt)
{
    private const string Part = ".part";
    private const string Zip = ".zip";

    // RFC 3339; with `safe_timestamp` RKE writes dashes for the colons.
    [GeneratedRegex(@"(?<!\d)(\d{4}-\d\d-\d\d)T(\d\d)[:-](\d\d)[:-](\d\d)(?:[.,]\d{1,9})?(Z|[+-]\d\d[:-]\d\d)(?!\d)", RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d[:-]\d\d[:-]\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d[:-]\d\d)_etcd\z", RegexOptions.CultureInvariant)]
    private static partial Regex Recurring();

    // With a piece of its own where many clients may write.
    [GeneratedRegex(@"\A\.(.+)\.etcdsnapshot(?:-[0-9a-f]{8})?\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex OwnPart();

    /// <summary>Understands the name of a file, which may be anything.</summary>
    public static SnapshotFileName Read(string fileName)
    {
        string name = fileName;
        bool unfinished = false;
        // etcdctl adds its own ending to that of this module.
        while (name.Length > Part.Length && name.EndsWith(Part, StringComparison.OrdinalIgnoreCase))
        {
            unfinished = true;
            name = name[..^Part.Length];
        }

        if (unfinished && OwnPart().Match(name) is { Success: true } own)
        {
            name = own.Groups[1].Value;
        }

        if (name.Length > Zip.Length && name.EndsWith(Zip, StringComparison.OrdinalIgnoreCase))
        {
            name = name[..^Zip.Length];
        }

        return new SnapshotFileName(name, Recurring().IsMatch(name) ? SnapshotKind.Recurring : SnapshotKind.OneTime, unfinished, ReadTime(name));
    }

    private static DateTime? ReadTime(string name)
    {
        Match match = Timestamp().Match(name);
        if (!match.Success)
        {
            return null;
        }

        string offset = match.Groups[5].Value is "Z" ? "+00:00" : $"{match.Groups[5].Value[..3]}:{match.Groups[5].Value[4..]}";
        string text = $"{match.Groups[1].Value}T{match.Groups[2].Value}:{match.Groups[3].Value}:{match.Groups[4].Value}{offset}";
        return DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time)
            ? time.UtcDateTime
            : null;
    }
}
