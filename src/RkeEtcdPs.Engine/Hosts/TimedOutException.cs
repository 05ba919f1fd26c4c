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

    private TimedOutException(string message, string advice)
        : base(FailureCategory.OperationTimeout, message, advice)
    {
    }

    /// <summary>What is read brings nothing any more.</summary>
    internal static TimedOutException Reading(string place, TimeSpan limit) => new(
        $"Nothing came from {place} for {limit.TotalSeconds:0} s.", "Check the load and the disk of what it is read from, and the network, then try again.");

    internal TimedOutException(string place, TimeSpan limit, string advice)
        : base(FailureCategory.OperationTimeout, $"The copy to {place} did not finish within {limit.TotalSeconds:0} s.", advice)
    {
    }
}
