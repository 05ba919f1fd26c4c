using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>A limit on time ran out, or a step stopped making progress.</summary>
public sealed class TimedOutException : EtcdSnapshotException
{
    internal TimedOutException(RkeNode node, string what, TimeSpan limit, string advice)
        : base(FailureCategory.OperationTimeout, $"{what} on {node.Name} did not finish within {limit.TotalSeconds:0} s.", advice)
    {
        Node = node.Name;
    }

    internal TimedOutException(string place, TimeSpan limit, string advice)
        : base(FailureCategory.OperationTimeout, $"The copy to {place} did not finish within {limit.TotalSeconds:0} s.", advice)
    {
    }
}
