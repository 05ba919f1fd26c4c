using System.Text.Json;
using System.Text.RegularExpressions;
using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.Help;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed partial class ExampleTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [PwshFact]
    public async Task Examples_of_help_topics_and_README_parse_and_use_what_there_is()
    {
        Example[] examples = [.. OfHelp(), .. OfReadme(), .. OfTopics()];

        Assert.Equal([""], await FindFaultsAsync(examples));
        Assert.True(examples.Length > 60, $"Only {examples.Length} examples were found.");
    }

    [PwshFact]
    public async Task An_example_that_does_not_parse_or_uses_what_there_is_not_is_found()
    {
        string[] faults = await FindFaultsAsync(
            [new Example("one", "Save-EtcdSnapshot |", Whole: true), new Example("two", "Save-EtcdSnapshots", Whole: true), new Example("three", "Save-EtcdSnapshot -Nonesuch", Whole: true)]);

        Assert.Equal(["one", "two", "three"], faults.Select(fault => fault.Split(':')[0]));
    }

    private static IEnumerable<Example> OfHelp() =>
        from cmdlet in HelpFiles.Cmdlets
        from example in HelpFiles.TextOf(cmdlet.Name).Examples
        select new Example($"{HelpFiles.PathOf(cmdlet.Name)}, '{example.Title}'", example.Code, Whole: true);

    private static IEnumerable<Example> OfReadme() =>
        PowerShellBlock().Matches(File.ReadAllText(Path.Combine(Manifest.Root, "README.md"))).Select(block => new Example("README.md", block.Groups[1].Value, Whole: true));

    // Indented twice; in a list of cmdlets a line goes on with what they do.
    private static IEnumerable<Example> OfTopics() =>
        from topic in HelpFiles.Topics
        from Match line in TopicLine().Matches(File.ReadAllText(Path.Combine(Manifest.Root, "module", "en-US", topic + ".help.txt")))
        select new Example(topic, line.Groups[1].Value, Whole: false);

    private async Task<string[]> FindFaultsAsync(Example[] examples)
    {
        await File.WriteAllTextAsync(_file, JsonSerializer.Serialize(examples));
        Pwsh run = await Pwsh.RunAsync(
            $$"""
            foreach ($example in Get-Content '{{_file}}' -Raw | ConvertFrom-Json) {
                $errors = $null
                $ast = [Management.Automation.Language.Parser]::ParseInput($example.Code, [ref] $null, [ref] $errors)
                if ($errors -and $example.Whole) { '{0}: {1}' -f $example.Where, $errors[0].Message }
                foreach ($command in $ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)) {
                    $name = $command.GetCommandName()
                    # Of another module, which is not here.
                    if (-not $name -or $name -in 'Write-S3Object', 'dotnet') { continue }
                    $known = Get-Command $name -ErrorAction Ignore
                    if (-not $known) { '{0}: there is no {1}' -f $example.Where, $name; continue }
                    foreach ($element in $command.CommandElements) {
                        if ($element -isnot [Management.Automation.Language.CommandParameterAst]) { continue }
                        try { $null = $known.ResolveParameter($element.ParameterName) }
                        catch { '{0}: {1} has no -{2}' -f $example.Where, $name, $element.ParameterName }
                    }
                }
            }
            """);
        Assert.Equal("", run.Error);
        return run.Output;
    }

    [GeneratedRegex("```powershell\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex PowerShellBlock();

    [GeneratedRegex(@"^ {8}([A-Z][a-z]+-(?:Etcd|Rke|Kube)\S.*)$", RegexOptions.Multiline)]
    private static partial Regex TopicLine();

    private sealed record Example(string Where, string Code, bool Whole);
}
