namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A name, an address or a kind to look for, with PowerShell's wildcards <c>*</c>, <c>?</c> and <c>[a-z]</c>; <c>`</c> takes the next character as it is.</summary>
internal static class NamePattern
{
    /// <summary>True when the pattern may match more than itself.</summary>
    public static bool HasWildcard(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '`')
            {
                i++;
            }
            else if (pattern[i] is '*' or '?' || (pattern[i] == '[' && pattern.IndexOf(']', i) > 0))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True when the text matches one of the patterns, or there are none.</summary>
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

    /// <summary>True when the whole text matches, ignoring case. Takes time in proportion to both lengths at most.</summary>
    public static bool Matches(string pattern, string text)
    {
        int p = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                starText = t;
            }
            else if (p < pattern.Length && MatchesOne(pattern, p, text[t], out int length))
            {
                p += length;
                t++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more; earlier ones never need to.
                p = star + 1;
                t = ++starText;
            }
            else
            {
                return false;
            }
        }
        return pattern.AsSpan(p).Trim('*').IsEmpty;
    }

    private static bool MatchesOne(string pattern, int at, char c, out int length)
    {
        int close = pattern[at] == '[' ? pattern.IndexOf(']', at + 1) : -1;
        if (close > 0)
        {
            length = close - at + 1;
            return IsInSet(pattern.AsSpan(at + 1, close - at - 1), c);
        }
        bool isEscape = pattern[at] == '`' && at + 1 < pattern.Length;
        length = isEscape ? 2 : 1;
        return pattern[at] == '?' || AreSame(pattern[isEscape ? at + 1 : at], c);
    }

    private static bool IsInSet(ReadOnlySpan<char> set, char c)
    {
        for (int i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                char folded = char.ToLowerInvariant(c);
                if (folded >= char.ToLowerInvariant(set[i]) && folded <= char.ToLowerInvariant(set[i + 2]))
                {
                    return true;
                }
                i += 2;
            }
            else if (AreSame(set[i], c))
            {
                return true;
            }
        }
        return false;
    }

    private static bool AreSame(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
