namespace RkeEtcdPs.Engine.Configuration;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestName
{
    private const int MostEdits = 4;

    /// <summary>The name nearest to what was written, ignoring case and reading <c>-</c> as <c>_</c>; null when none is near.</summary>
    public static string? Find(string written, IEnumerable<string> names) => FindAll(written, names) is [string nearest, ..] ? nearest : null;

    /// <summary>The names near to what was written, nearest first.</summary>
    public static IReadOnlyList<string> FindAll(string written, IEnumerable<string> names)
    {
        string folded = Fold(written);
        return [.. names
            .Select(name => (Name: name, Edits: Distance(folded, Fold(name), Math.Clamp(name.Length / 3, 1, MostEdits))))
            .Where(candidate => candidate.Edits is not null)
            .OrderBy(candidate => candidate.Edits)
            .Select(candidate => candidate.Name)];
    }

    // Damerau-Levenshtein, in its form that never edits a transposed pair again; null beyond the limit.
    private static int? Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) > limit)
        {
            return null;
        }
        int[] beforeLast = new int[b.Length + 1];
        int[] last = [.. Enumerable.Range(0, b.Length + 1)];
        int[] row = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), last[j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }
            (beforeLast, last, row) = (last, row, beforeLast);
        }
        return last[b.Length] <= limit ? last[b.Length] : null;
    }

    private static string Fold(string name) => name.ToLowerInvariant().Replace('-', '_');
}
