using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What the copy of one snapshot to one place came to: a copy or a failure.</summary>
/// <param name="Name">The snapshot's name.</param>
/// <param name="Subject">The node, or the path or address of the place.</param>
/// <param name="Value">The copy that lies there now, also when it lay there before; null when it failed.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
public sealed record CopyOutcome(string Name, object Subject, EtcdSnapshot? Value, EtcdSnapshotException? Failure);
