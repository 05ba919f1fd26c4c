using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Completes Kubernetes' own kinds. Those of custom resources would have to be read from the file, which a key press must not wait for.</summary>
public sealed class KindCompleter : IArgumentCompleter
{
    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        return ResourceKinds.Known.Where(kind => kind.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Select(kind => new CompletionResult(kind));
    }
}
