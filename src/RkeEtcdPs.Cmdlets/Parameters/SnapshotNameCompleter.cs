using System.Collections;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Language;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Completes the names of the snapshots that are on the hosts, or in the folder, that the line speaks of.</summary>
public sealed class SnapshotNameCompleter : IArgumentCompleter
{
    // What a key press may wait for; a host that is down must not freeze the prompt.
    private const int TimeoutSec = 5;

    private static readonly string[] Passed = ["ClusterConfig", "Node", "Path", "LiteralPath", "SshConfig", "Transport"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        return
            from snapshot in List(fakeBoundParameters)
            where snapshot.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
            group snapshot by snapshot.Name into copies
            let newest = copies.First()
            orderby newest.CreatedAt descending
            select new CompletionResult(Quote(copies.Key), copies.Key, CompletionResultType.ParameterValue, $"{newest.CreatedAt:u}, {copies.Count()} copies");
    }

    private static string Quote(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || "._-:+=".Contains(character, StringComparison.Ordinal)) && !name.StartsWith('-')
            ? name
            : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";

    // A prompt must not break over a cluster that is down, so a failure completes to nothing.
    private static IReadOnlyList<EtcdSnapshot> List(IDictionary bound)
    {
        try
        {
            return SnapshotNameCache.Get(bound, Passed, () => Ask(bound));
        }
        catch (Exception)
        {
            return [];
        }
    }

    private static Collection<EtcdSnapshot> Ask(IDictionary bound)
    {
        using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        shell.AddCommand("EtcdSnapshot\\Get-EtcdSnapshot")
            .AddParameter("TimeoutSec", TimeoutSec)
            .AddParameter("WarningAction", ActionPreference.Ignore)
            .AddParameter("ErrorAction", ActionPreference.Ignore);
        foreach (string name in Passed.Where(bound.Contains))
        {
            shell.AddParameter(name, bound[name]);
        }

        return shell.Invoke<EtcdSnapshot>();
    }
}
