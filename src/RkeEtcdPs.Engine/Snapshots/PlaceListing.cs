using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>What was found in one place. A place may give some of what it holds and also fail.</summary>
/// <param name="Place">The place.</param>
/// <param name="Snapshots">What lies there, the oldest first.</param>
/// <param name="Failures">Why that is not all, or why something in it is not what it should be; empty when neither.</param>
/// <param name="Reached">False when nothing is known of the place.</param>
public sealed record PlaceListing(SnapshotPlace Place, IReadOnlyList<EtcdSnapshot> Snapshots, IReadOnlyList<EtcdSnapshotException> Failures, bool Reached);
