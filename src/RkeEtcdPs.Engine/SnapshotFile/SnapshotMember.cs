namespace RkeEtcdPs.Engine.SnapshotFile;

/// <summary>A member of the etcd cluster as the snapshot tells of it.</summary>
/// <param name="Id">Its id, in hexadecimal as etcdctl shows it.</param>
/// <param name="Name">Its name; empty for a member that was added and has not started.</param>
/// <param name="PeerUrls">Where the other members reach it.</param>
/// <param name="ClientUrls">Where clients reach it.</param>
/// <param name="IsLearner">True when it does not vote.</param>
public sealed record SnapshotMember(string Id, string Name, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls, bool IsLearner);
