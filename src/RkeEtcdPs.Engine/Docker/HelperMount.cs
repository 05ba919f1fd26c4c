namespace RkeEtcdPs.Engine.Docker;

/// <summary>A folder of the host that a helper container sees. Unlike a bind, a mount never makes a folder that is missing.</summary>
/// <param name="Source">Its path on the host.</param>
/// <param name="Target">Its path inside.</param>
/// <param name="ReadOnly">True when nothing may be changed there.</param>
internal sealed record HelperMount(string Source, string Target, bool ReadOnly);
