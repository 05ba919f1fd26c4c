namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One snapshot as retention sees it, however many copies there are.</summary>
/// <param name="Id">What tells it from the others of its line, and decides between those of the same time.</param>
/// <param name="CreatedAt">When it was taken, in UTC.</param>
/// <param name="Size">The bytes of all its copies.</param>
internal sealed record RetentionPoint(string Id, DateTime CreatedAt, long Size);
