using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The command of RKE's own service: <c>rke-etcd-backup</c> with <c>--creation</c> and <c>--retention</c>, but not <c>--once</c>.</summary>
internal static class RkeCommand
{
    private const string Program = "rke-etcd-backup";

    /// <summary>Whether these words are such a command.</summary>
    public static bool IsService(IReadOnlyList<string> words)
        => words.Any(word => word.Split('/', ' ')[^1] == Program || word.Contains("/" + Program, StringComparison.Ordinal))
            && !words.Any(word => word is "--once" or "-once" || word.StartsWith("--once=", StringComparison.Ordinal));

    /// <summary>The duration that a flag gives, with an equals sign or without; null when it gives none. The last one counts.</summary>
    public static TimeSpan? Duration(IReadOnlyList<string> words, string flag)
    {
        string? text = null;
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i].TrimStart('-');
            if (word.Length == words[i].Length)
            {
                continue;
            }

            text = word == flag && i + 1 < words.Count ? words[i + 1]
                : word.StartsWith(flag + "=", StringComparison.Ordinal) ? word[(flag.Length + 1)..]
                : text;
        }

        return GoDuration.TryParse(text, out TimeSpan duration) && duration > TimeSpan.Zero ? duration : null;
    }
}
