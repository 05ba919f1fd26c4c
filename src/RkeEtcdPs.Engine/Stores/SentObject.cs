namespace RkeEtcdPs.Engine.Stores;

/// <summary>An object that a server has taken.</summary>
/// <param name="Size">Its bytes.</param>
/// <param name="ETag">What the server calls this content of the key: another one under the same key has another.</param>
internal sealed record SentObject(long Size, string ETag);
