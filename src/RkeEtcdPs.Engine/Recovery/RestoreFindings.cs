using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What is found before a restore, on all hosts at once.</summary>
internal sealed class RestoreFindings
{
    private readonly List<RestoreFinding> _all = [];

    /// <summary>The worst first.</summary>
    public IReadOnlyList<RestoreFinding> Sorted
    {
        get
        {
            lock (_all)
            {
                return [.. _all.OrderByDescending(finding => finding.Severity)];
            }
        }
    }

    public void Add(IEnumerable<RestoreFinding> findings)
    {
        lock (_all)
        {
            _all.AddRange(findings);
        }
    }

    public void Add(RestoreHost? host, EtcdSnapshotException failure)
        => Add([new RestoreFinding(host?.Node.Name, RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice) { Failure = failure }]);

    public void Add(RestoreHost? host, string id, string message, string advice, bool forcible = false)
        => Add([new RestoreFinding(host?.Node.Name, RestoreFindingSeverity.Error, id, message, advice) { Forcible = forcible }]);

    public void Warn(RestoreHost? host, string message, string advice)
        => Add([new RestoreFinding(host?.Node.Name, RestoreFindingSeverity.Warning, "RestoreNotSafe", message, advice)]);
}
