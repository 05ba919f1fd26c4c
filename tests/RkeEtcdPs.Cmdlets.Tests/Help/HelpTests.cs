using System.Text.RegularExpressions;
using System.Xml.Linq;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Help;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Help;

public sealed partial class HelpTests
{
    private const int LeastExamples = 3;

    public static TheoryData<string> Names() => new(HelpFiles.Cmdlets.Select(cmdlet => cmdlet.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_cmdlet_has_a_synopsis_a_description_three_examples_and_links(string cmdlet)
    {
        CmdletText text = HelpFiles.TextOf(cmdlet);
        string file = HelpFiles.PathOf(cmdlet);

        Assert.True(!ReferenceEquals(text, CmdletText.None), $"Nothing is written about {cmdlet}. Add the file {file}, as {HelpFiles.PathOf("Save-EtcdSnapshot")} is.");
        Assert.True(text.Synopsis.EndsWith('.') && !text.Synopsis.Contains('#'), $"Write one sentence below the title of {file}.");
        Assert.True(text.Description.Count > 0, $"Add a section '## Description' to {file}.");
        Assert.True(text.Examples.Count >= LeastExamples, $"{file} has {text.Examples.Count} examples, and {LeastExamples} are the least: '### title', then a powershell block, in the section '## Examples'.");
        Assert.True(text.Examples.All(example => HelpFiles.MentionedIn(example.Code).Contains(cmdlet)), $"Each example of {file} should use {cmdlet}.");
        Assert.True(text.Links.Count > 0, $"Add a section '## Related links' to {file}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_and_output_has_a_comment_which_is_its_help(string cmdlet)
    {
        CmdletDescription described = HelpFiles.Cmdlets.Single(known => known.Name == cmdlet);
        string[] missing =
        [
            .. described.Parameters.Where(parameter => !IsSentence(parameter.Text)).Select(parameter => $"-{parameter.Name}: '{parameter.Text}'"),
            .. described.Outputs.Where(output => output.Type is not (nameof(Boolean) or nameof(FileInfo)) && !IsSentence(output.Text)).Select(output => $"the type {output.Type}: '{output.Text}'"),
        ];

        Assert.True(missing.Length == 0, $"Add XML comments with whole sentences, in {cmdlet.Replace("-", "", StringComparison.Ordinal)}Command.cs or what it inherits from, for {string.Join("; ", missing)}");
    }

    [Fact]
    public void There_is_no_help_for_what_does_not_exist()
    {
        IEnumerable<string> files = Directory.GetFiles(Path.Combine(Manifest.Root, HelpFiles.Folder)).Select(file => Path.GetFileNameWithoutExtension(file));

        Assert.Equal([], files.Except(HelpFiles.Cmdlets.Select(cmdlet => cmdlet.Name)));
    }

    [Fact]
    public void Help_topics_and_README_speak_of_no_cmdlet_that_does_not_exist()
    {
        string[] known = [.. HelpFiles.Cmdlets.Select(cmdlet => cmdlet.Name)];
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(Manifest.Root, HelpFiles.Folder)),
            .. Directory.GetFiles(Path.Combine(Manifest.Root, "module", "en-US")),
        ];

        Assert.Equal([], files.SelectMany(file => HelpFiles.MentionedIn(File.ReadAllText(file)).Except(known).Select(name => $"{Path.GetFileName(file)}: {name}")));
    }

    [Fact]
    public void What_is_selected_from_was_verified_for_else_nothing_counts()
    {
        string[] files =
        [
            .. Directory.GetFiles(Path.Combine(Manifest.Root, HelpFiles.Folder)),
            .. Directory.GetFiles(Path.Combine(Manifest.Root, "module", "en-US")),
            Path.Combine(Manifest.Root, "README.md"),
        ];

        Assert.Equal([], files.SelectMany(file => UnverifiedSelection().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)}: {match.Value}")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Related_links_lead_somewhere(string cmdlet) =>
        Assert.Equal([], HelpFiles.TextOf(cmdlet).Links.Except([.. HelpFiles.Cmdlets.Select(known => known.Name), .. HelpFiles.Topics]));

    [Fact]
    public void The_README_lists_the_cmdlets_of_the_assembly_and_no_others()
    {
        IReadOnlyList<string> listed = HelpFiles.InReadme();
        string[] there = [.. HelpFiles.Cmdlets.Select(cmdlet => cmdlet.Name)];

        Assert.True(!there.Except(listed).Any(), $"Add to the table under '## Cmdlets' in README.md: {string.Join(", ", there.Except(listed))}");
        Assert.True(!listed.Except(there).Any(), $"The table under '## Cmdlets' in README.md lists what does not exist: {string.Join(", ", listed.Except(there))}");
        Assert.Equal(listed.Distinct(), listed);
    }

    [Fact]
    public void The_README_tells_of_every_error_id_and_of_no_others()
    {
        string readme = File.ReadAllText(Path.Combine(Manifest.Root, "README.md"));
        string table = readme[readme.IndexOf("| id | means |", StringComparison.Ordinal)..];
        IEnumerable<string> told = table[..table.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n').Skip(2).SelectMany(row => row.Split('|')[1].Split(',', StringSplitOptions.TrimEntries));
        IEnumerable<string> there = typeof(EtcdSnapshotException).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(EtcdSnapshotException)) && !type.IsAbstract)
            .Select(type => type.Name[..^nameof(Exception).Length]);

        Assert.Equal(there.Order(StringComparer.Ordinal), told.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_help_file_beside_the_assembly_has_its_cmdlets_and_parameters_and_no_others()
    {
        XDocument help = XDocument.Load(Path.Combine(Manifest.Root, "module", "bin", "en-US", "RkeEtcdPs.Cmdlets.dll-Help.xml"));
        IEnumerable<string> written =
            from command in help.Root!.Elements()
            let name = Child(Child(command, "details"), "name").Value
            from parameter in Child(command, "parameters").Elements()
            select $"{name} -{Child(parameter, "name").Value} {(string?)parameter.Attribute("globbing")} {Child(parameter, "defaultValue").Value}";

        Assert.Equal(
            HelpFiles.Cmdlets.SelectMany(cmdlet => cmdlet.Parameters.Select(parameter => $"{cmdlet.Name} -{parameter.Name} {(parameter.Wildcards ? "true" : "false")} {parameter.Default}")),
            written);
    }

    private static XElement Child(XElement element, string name) => element.Elements().First(child => child.Name.LocalName == name);

    [GeneratedRegex(@"Get-EtcdSnapshot\b(?![^|\n]*-Verify)[^|\n]*\|\s*Select-EtcdSnapshot")]
    private static partial Regex UnverifiedSelection();

    private static bool IsSentence(string text) => text.Length > 0 && (char.IsUpper(text[0]) || char.IsDigit(text[0])) && text[^1] is '.' or '?';
}
