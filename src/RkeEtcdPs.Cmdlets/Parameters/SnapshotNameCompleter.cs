using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>Completes the names of the snapshots that are on the hosts, or in the folder, that the line speaks of.</summary>
public sealed class SnapshotNameCompleter : IArgumentCompleter
{
    private static readonly string[] Passed = ["ClusterConfig", "Node", "Path", "LiteralPath", "SshConfig", "Transport"];

    private static readonly string[] PassedToBuckets = [.. Passed, "Uri", "S3", "Endpoint", "Region", "CaCertificate", "Credential", "ProfileName"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        string typed = wordToComplete.Trim('\'', '"');
        // For a copy the bucket is where it goes, unless it says otherwise.
        bool fromBucket = fakeBoundParameters.Contains("FromS3") || !commandName.EndsWith("Copy-EtcdSnapshot", StringComparison.OrdinalIgnoreCase);
        return
            from snapshot in SnapshotNameCache.Get(fakeBoundParameters, fromBucket ? PassedToBuckets : Passed)
            where snapshot.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && PrintableText.Line(snapshot.Name) == snapshot.Name
            group snapshot by snapshot.Name into copies
            let newest = copies.First()
            orderby newest.CreatedAt descending
            select new CompletionResult(Quote(copies.Key), copies.Key, CompletionResultType.ParameterValue, $"{newest.CreatedAt:u}, {copies.Count()} {(copies.Count() == 1 ? "copy" : "copies")}");
    }

    private static string Quote(string name) =>
        name.All(character => char.IsAsciiLetterOrDigit(character) || "._-:+=".Contains(character, StringComparison.Ordinal)) && !name.StartsWith('-')
            ? name
            : $"'{name.Replace("'", "''", StringComparison.Ordinal)}'";
}
