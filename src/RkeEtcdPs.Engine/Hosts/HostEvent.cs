using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Something an operation tells while it runs on a host, reported through <see cref="IProgress{T}"/>.</summary>
/// <param name="Node">The node's name; the cluster's, or a local file's, where it concerns no single host.</param>
public abstract record HostEvent(string Node);

/// <summary>A step of the story that an operation tells: what <c>-Verbose</c> shows.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Message">One line, complete in itself.</param>
public sealed record HostMessage(string Node, string Message) : HostEvent(Node);

/// <summary>Something the admin should know that is neither a result nor a failure.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Message">One line, complete in itself.</param>
public sealed record HostWarning(string Node, string Message) : HostEvent(Node);

/// <summary>Something that failed beside the operation itself, which went on: an error of its node.</summary>
/// <param name="Failed">The node.</param>
/// <param name="Failure">The cause.</param>
public sealed record HostFailure(RkeNode Failed, EtcdSnapshotException Failure) : HostEvent(Failed.Name);

/// <summary>What stays on the hosts after an operation that was stopped: said also when nothing else can be said any more.</summary>
/// <param name="Node">The name of the node or of the cluster.</param>
/// <param name="Message">One line, complete in itself.</param>
public sealed record HostFarewell(string Node, string Message) : HostEvent(Node);

/// <summary>How far an operation on a host is.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Activity">What is being done, such as <c>Saving nightly</c>.</param>
/// <param name="Status">The step it is at, such as <c>verifying</c>.</param>
/// <param name="Done">Bytes done so far; null where bytes mean nothing.</param>
/// <param name="Total">Bytes in all; null where not known.</param>
/// <param name="Completed">True in the last event of this activity on this host.</param>
public sealed record HostProgress(string Node, string Activity, string Status, long? Done = null, long? Total = null, bool Completed = false)
    : HostEvent(Node)
{
    /// <summary>The node itself, for names may be the same in several clusters; null where it concerns none.</summary>
    public RkeNode? Host { get; init; }
}
