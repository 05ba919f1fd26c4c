using System.Text.RegularExpressions;

namespace RkeEtcdPs.Help;

/// <summary>What is written by hand about a cmdlet, in a file of its own: all but its parameters, inputs and outputs, which the code tells.</summary>
/// <param name="Synopsis">One sentence.</param>
/// <param name="Description">Paragraphs.</param>
/// <param name="Examples">What to type, and what it does.</param>
/// <param name="Notes">Paragraphs.</param>
/// <param name="Links">Names of cmdlets and topics.</param>
internal sealed partial record CmdletText(
    string Synopsis, IReadOnlyList<string> Description, IReadOnlyList<CmdletExample> Examples, IReadOnlyList<string> Notes, IReadOnlyList<string> Links)
{
    /// <summary>What there is when nothing was written.</summary>
    public static CmdletText None { get; } = new("", [], [], [], []);

    /// <summary>Reads the text of a cmdlet; <see cref="None"/> when there is no such file.</summary>
    public static CmdletText Read(string path) => File.Exists(path) ? Parse(File.ReadAllText(path)) : None;

    /// <summary>Parses Markdown: a title and the synopsis, then the sections Description, Examples, Notes and Related links.</summary>
    /// <exception cref="FormatException">There is something else in it.</exception>
    public static CmdletText Parse(string markdown)
    {
        string[] sections = SectionTitle().Split(markdown.ReplaceLineEndings("\n"));
        CmdletText text = None with { Synopsis = Paragraphs(sections[0]).LastOrDefault(paragraph => !paragraph.StartsWith('#')) ?? "" };
        for (int index = 1; index < sections.Length; index += 2)
        {
            string body = sections[index + 1];
            text = sections[index] switch
            {
                "Description" => text with { Description = Paragraphs(body) },
                "Examples" => text with { Examples = ReadExamples(body) },
                "Notes" => text with { Notes = Paragraphs(body) },
                "Related links" => text with { Links = [.. body.Split('\n').Where(line => line.StartsWith("- ", StringComparison.Ordinal)).Select(line => line[2..].Trim())] },
                _ => throw new FormatException($"A section '{sections[index]}' is not known."),
            };
        }

        return text;
    }

    private static List<CmdletExample> ReadExamples(string body)
    {
        List<CmdletExample> examples = [];
        foreach (Match match in Example().Matches(body))
        {
            examples.Add(new CmdletExample(match.Groups["title"].Value.Trim(), match.Groups["code"].Value.TrimEnd(), Paragraphs(match.Groups["remarks"].Value), !match.Groups["mark"].Success));
        }

        return examples;
    }

    private static List<string> Paragraphs(string text) =>
        [.. EmptyLines().Split(text).Select(paragraph => paragraph.Trim().Replace('\n', ' ').Replace("`", "", StringComparison.Ordinal)).Where(paragraph => paragraph.Length > 0)];

    [GeneratedRegex("^## +(.+?) *$", RegexOptions.Multiline)]
    private static partial Regex SectionTitle();

    [GeneratedRegex(@"\n\s*\n")]
    private static partial Regex EmptyLines();

    [GeneratedRegex("^### +(?<title>.+)\n+```powershell(?<mark> not-run)?\n(?<code>(.*\n)*?)```\n(?<remarks>((?!### ).*\n?)*)", RegexOptions.Multiline)]
    private static partial Regex Example();
}
