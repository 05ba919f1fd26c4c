namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A pattern in which <c>*</c> stands for any characters and <c>?</c> for one. Case does not matter, as in PowerShell.</summary>
internal static class Wildcard
{
    /// <summary>True when the text fits one of the patterns, or there are none.</summary>
    public static bool MatchesAny(IReadOnlyList<string> patterns, string? text)
    {
        for (int index = 0; index < patterns.Count; index++)
        {
            if (Matches(patterns[index], text ?? ""))
            {
                return true;
            }
        }

        return patterns.Count == 0;
    }

    private static bool Matches(string pattern, string text)
    {
        int at = 0;
        int star = -1;
        int resume = 0;
        int next = 0;
        while (next < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, resume) = (at++, next);
            }
            else if (at < pattern.Length && (pattern[at] == '?' || char.ToUpperInvariant(pattern[at]) == char.ToUpperInvariant(text[next])))
            {
                (at, next) = (at + 1, next + 1);
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                (at, next) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(at).TrimStart('*').IsEmpty;
    }
}
