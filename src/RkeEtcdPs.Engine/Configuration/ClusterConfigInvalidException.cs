using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Configuration;

/// <summary>A cluster.yml that cannot be used. Carries every error found, not only the first.</summary>
public sealed class ClusterConfigInvalidException : EtcdSnapshotException
{
    private const int MostInMessage = 20;

    /// <summary>Reports the errors of one file.</summary>
    /// <param name="source">What was read: a path, or how the text came.</param>
    /// <param name="errors">At least one error.</param>
    /// <param name="warnings">What else is odd; an unknown key often explains a missing one. None when null.</param>
    /// <param name="advice">What to do; null for the usual advice to correct the file.</param>
    public ClusterConfigInvalidException(
        string source,
        IReadOnlyList<ConfigurationMessage> errors,
        IReadOnlyList<ConfigurationMessage>? warnings = null,
        string? advice = null)
        : base(
            FailureCategory.InvalidData,
            $"{source} is not a usable cluster.yml: " + Join([.. errors.Concat(warnings ?? []).OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)]),
            advice ?? "Correct the file at the places named. Nothing was contacted or changed.")
    {
        Errors = errors;
        Warnings = warnings ?? [];
    }

    /// <summary>Every error, in the order of the file; at least one, and 1,000 at most.</summary>
    public IReadOnlyList<ConfigurationMessage> Errors { get; }

    /// <summary>What is odd but would not have made the file invalid, in the order of the file; may be empty.</summary>
    public IReadOnlyList<ConfigurationMessage> Warnings { get; }

    private static string Join(IReadOnlyList<ConfigurationMessage> findings)
    {
        // One is a sentence; more are a list, a line each, in the order of the file.
        if (findings is [ConfigurationMessage only])
        {
            return $"{only}";
        }

        string text = string.Concat(findings.Take(MostInMessage).Select(finding => $"{Environment.NewLine}  {finding}"));
        return findings.Count > MostInMessage ? $"{text}{Environment.NewLine}  and {findings.Count - MostInMessage} more" : text;
    }
}
