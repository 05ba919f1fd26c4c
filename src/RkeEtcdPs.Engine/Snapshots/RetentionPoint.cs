namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>One snapshot as retention sees it, however many copies there are.</summary>
/// <remarks>Not a record: each is itself, and comparing a hundred thousand by their contents takes seconds.</remarks>
internal sealed class RetentionPoint(string id, DateTime createdAt, long size)
{
    /// <summary>What tells it from the others of its line, and decides between those of the same time.</summary>
    public string Id { get; } = id;

    /// <summary>When it was taken, in UTC.</summary>
    public DateTime CreatedAt { get; } = createdAt;

    /// <summary>The bytes of all its copies.</summary>
    public long Size { get; } = size;
}
