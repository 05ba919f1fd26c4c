using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Readiness;

/// <summary>What one check of one node found.</summary>
public sealed record NodeCheck
{
    internal NodeCheck(RkeNode node, NodeCheckPoint check, NodeCheckSeverity severity, string finding, string advice = "", string? id = null)
    {
        ClusterName = node.ClusterName;
        Node = node.Name;
        Address = node.Address;
        Check = check;
        Severity = severity;
        Finding = finding;
        Advice = advice;
        Id = id;
    }

    /// <summary>The cluster.</summary>
    public string ClusterName { get; }

    /// <summary>The node.</summary>
    public string Node { get; }

    /// <summary>That node's address.</summary>
    public string Address { get; }

    /// <summary>What was checked.</summary>
    public NodeCheckPoint Check { get; }

    /// <summary>How bad it is.</summary>
    public NodeCheckSeverity Severity { get; }

    /// <summary>What was found, in a sentence.</summary>
    public string Finding { get; }

    /// <summary>What to do about it; empty when there is nothing to do.</summary>
    public string Advice { get; }

    /// <summary>The id of the error with which a cmdlet would fail because of it; null when none would.</summary>
    public string? Id { get; }

    /// <inheritdoc />
    public override string ToString() => $"{Node}: {Check}: {Severity}: {Finding}";
}
