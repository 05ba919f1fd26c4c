using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>A restore was refused before anything was changed.</summary>
public sealed class RestoreNotSafeException : EtcdSnapshotException
{
    internal RestoreNotSafeException(string message, string advice)
        : base(FailureCategory.InvalidOperation, message, advice)
    {
    }

    internal RestoreNotSafeException(IReadOnlyList<RestoreFinding> findings)
        : base(FailureCategory.InvalidOperation, Describe(findings), string.Join(' ', findings.Select(finding => finding.Advice).Distinct()))
    {
        Findings = findings;
    }

    /// <summary>What forbids it; empty when it is not about the hosts.</summary>
    public IReadOnlyList<RestoreFinding> Findings { get; } = [];

    private static string Describe(IReadOnlyList<RestoreFinding> findings)
        => $"The restore is not safe, and nothing was changed: {string.Join(" ", findings.Select(finding => finding.ToString()))}";
}
