using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Completes durations that are usual for snapshots, and shows how they are written.</summary>
public sealed class DurationCompleter : IArgumentCompleter
{
    private static readonly string[] Usual = ["6h", "12h", "24h", "26h", "48h", "72h", "7d", "14d", "30d", "90d"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        return Usual.Where(duration => duration.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Select(duration => new CompletionResult(duration));
    }
}
