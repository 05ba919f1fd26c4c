using System.Text.RegularExpressions;

namespace RkeEtcdPs.Engine.Hosts.KnownHosts;

/// <summary>Finds <c>UserKnownHostsFile</c> in an ssh_config, where it holds for every host.</summary>
/// <remarks>A block for certain hosts, and a file that is included, are not looked at.</remarks>
internal static partial class KnownHostsSetting
{
    /// <summary>The files that the first such line names, as they stand there; null when there is none.</summary>
    public static IReadOnlyList<string>? Find(IEnumerable<string> config)
    {
        bool forAll = true;
        foreach (string line in config)
        {
            if (Setting().Match(line) is not { Success: true } match)
            {
                continue;
            }

            string[] values = [.. Value().Matches(match.Groups["values"].Value).Select(value => value.Value.Trim('"'))];
            switch (match.Groups["key"].Value.ToUpperInvariant())
            {
                case "HOST":
                    forAll = values.Contains("*") && !values.Any(value => value.StartsWith('!'));
                    break;
                case "MATCH":
                    forAll = values is [string all] && all.Equals("all", StringComparison.OrdinalIgnoreCase);
                    break;
                case "USERKNOWNHOSTSFILE" when forAll:
                    return values is ["none"] ? [] : values;
                default:
                    break;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^\s*(?<key>[A-Za-z]+)(\s*=\s*|\s+)(?<values>\S.*)$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Setting();

    [GeneratedRegex("\"[^\"]*\"|[^\\s\"]+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Value();
}
