using System.Globalization;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The rules for the names of snapshots: one path segment of characters that no shell, path or URL gives a meaning to.</summary>
public static class SnapshotName
{
    /// <summary>The most characters a name may have; room is left for what etcdctl and a transfer append to it.</summary>
    public const int LongestLength = 200;

    private const string Marks = "._-:+=@";

    // These endings mean something else to us and to RKE: an unfinished file, a file that is not a plain database, and a cluster.yml
    // that was given in the place of the name.
    private static readonly string[] Endings = [".part", ".zip", ".yml", ".yaml"];

    /// <summary>The name that RKE gives a one-time snapshot: <c>rke_etcd_snapshot_</c> and the time in RFC 3339 with its offset.</summary>
    public static string Default(DateTimeOffset now)
        => "rke_etcd_snapshot_" + now.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    /// <summary>Whether a name is one of the recurring snapshot service, which removes what it takes for its own.</summary>
    public static bool IsRecurring(string name) => SnapshotFileName.Read(name).Kind == SnapshotKind.Recurring;

    /// <summary>Checks a name.</summary>
    /// <exception cref="SnapshotNameInvalidException">No snapshot may have this name.</exception>
    public static void Validate(string name)
    {
        if (name.Length is 0 or > LongestLength)
        {
            throw SnapshotNameInvalidException.Of(name, $"it has {name.Length} characters");
        }

        if (!char.IsAsciiLetterOrDigit(name[0]))
        {
            throw SnapshotNameInvalidException.Of(name, "it does not begin with a letter or digit");
        }

        foreach (char character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !Marks.Contains(character, StringComparison.Ordinal))
            {
                throw SnapshotNameInvalidException.Of(name, $"it contains {(char.IsControl(character) || char.IsSurrogate(character) ? $"U+{(int)character:X4}" : $"'{character}'")}");
            }
        }

        if (Array.Find(Endings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } found)
        {
            throw SnapshotNameInvalidException.Of(name, $"it ends in {found}");
        }
    }
}
