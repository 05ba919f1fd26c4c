namespace RkeEtcdPs.Engine.Recovery;

/// <summary>What a member said of itself.</summary>
/// <param name="ClusterId">The id of its cluster, in hexadecimal.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Hash">The hash of its keys, where that was asked for.</param>
/// <param name="Leads">True when it says that it is the leader; false also when it was not asked.</param>
internal sealed record MemberState(string ClusterId, long Revision, ulong? Hash, bool Leads);
