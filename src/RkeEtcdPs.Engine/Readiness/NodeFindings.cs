using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>What was found on one node so far.</summary>
internal sealed class NodeFindings(RkeNode node)
{
    private readonly List<NodeCheck> _checks = [];

    /// <summary>The findings, in the order in which things were checked.</summary>
    public IReadOnlyList<NodeCheck> Checks => _checks;

    /// <summary>What is being checked: a failure is one of this.</summary>
    public NodeCheckPoint Current { get; set; } = NodeCheckPoint.Node;

    public void Good(NodeCheckPoint point, string finding) => _checks.Add(new NodeCheck(node, point, NodeCheckSeverity.OK, finding));

    public void Note(NodeCheckPoint point, string finding, string advice = "") => _checks.Add(new NodeCheck(node, point, NodeCheckSeverity.Information, finding, advice));

    public void Warn(NodeCheckPoint point, string finding, string advice) => _checks.Add(new NodeCheck(node, point, NodeCheckSeverity.Warning, finding, advice));

    public void Fail(NodeCheckPoint point, string finding, string advice, string id) =>
        _checks.Add(new NodeCheck(node, point, NodeCheckSeverity.Error, finding, advice, id));

    public void Fail(NodeCheckPoint point, EtcdSnapshotException failure) => Fail(point, failure.Message, failure.Advice, failure.Id);
}
