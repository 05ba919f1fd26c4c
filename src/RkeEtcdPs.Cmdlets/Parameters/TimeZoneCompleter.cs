using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Completes the names of the time zones that this machine knows.</summary>
public sealed class TimeZoneCompleter : IArgumentCompleter
{
    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        return TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Where(id => id.Contains(typed, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)
            .Select(id => new CompletionResult(id.Contains(' ', StringComparison.Ordinal) ? $"'{id}'" : id, id, CompletionResultType.ParameterValue, id));
    }
}
