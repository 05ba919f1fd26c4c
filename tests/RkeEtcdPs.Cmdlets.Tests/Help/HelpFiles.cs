using System.Reflection;
using System.Text.RegularExpressions;
using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Help;

namespace RkeEtcdPs.Cmdlets.Tests.Help;

/// <summary>The cmdlets as they are built, and what is written about them.</summary>
internal static partial class HelpFiles
{
    private static readonly Assembly Assembly = typeof(GetRkeClusterCommand).Assembly;

    /// <summary>The cmdlets of the assembly.</summary>
    public static IReadOnlyList<CmdletDescription> Cmdlets { get; } = CmdletAssembly.Read(Assembly, new CommentText(Directory.GetFiles(AppContext.BaseDirectory, "RkeEtcdPs.*.xml")));

    /// <summary>The folder of the texts, relative to the top of the checkout.</summary>
    public static string Folder { get; } = Path.Combine("module", "help");

    /// <summary>The names of the topics, such as <c>about_EtcdSnapshot</c>.</summary>
    public static IReadOnlyList<string> Topics { get; } =
        [.. Directory.GetFiles(Path.Combine(Manifest.Root, "module", "en-US"), "about_*.help.txt").Select(file => Path.GetFileName(file).Split('.')[0])];

    /// <summary>Where the text of a cmdlet is, relative to the top of the checkout.</summary>
    public static string PathOf(string cmdlet) => Path.Combine(Folder, cmdlet + ".md");

    /// <summary>The text of a cmdlet.</summary>
    public static CmdletText TextOf(string cmdlet) => CmdletText.Read(Path.Combine(Manifest.Root, PathOf(cmdlet)));

    /// <summary>The cmdlets that the README's table says are there.</summary>
    public static IReadOnlyList<string> InReadme()
    {
        string readme = File.ReadAllText(Path.Combine(Manifest.Root, "README.md"));
        string table = readme[readme.IndexOf("## Cmdlets", StringComparison.Ordinal)..];
        return
        [
            .. table.Split('\n').TakeWhile((line, index) => index == 0 || !line.StartsWith('#'))
                .Where(line => line.StartsWith("| `", StringComparison.Ordinal) && !line.Contains("| planned |", StringComparison.Ordinal))
                .SelectMany(line => Names(line.Split('|')[1])),
        ];
    }

    /// <summary>The cmdlets of this module's nouns that a text speaks of.</summary>
    public static IEnumerable<string> MentionedIn(string text) => Mention().Matches(text).Select(match => match.Value).Distinct();

    // A row may say Get-, Enable-, Disable-Thing.
    private static IEnumerable<string> Names(string cell)
    {
        string[] names = [.. Quoted().Matches(cell).Select(match => match.Groups[1].Value)];
        string noun = names is [] ? "" : names[^1][(names[^1].IndexOf('-', StringComparison.Ordinal) + 1)..];
        return names.Select(name => name.EndsWith('-') ? name + noun : name);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b[A-Z][a-z]+-(Etcd|Rke|Kube)[A-Z][A-Za-z]*\b")]
    private static partial Regex Mention();
}
