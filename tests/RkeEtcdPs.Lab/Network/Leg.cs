namespace RkeEtcdPs.Lab.Network;

/// <summary>One interface of a host.</summary>
/// <param name="Bridge">The bridge it is plugged into.</param>
/// <param name="Port">The name of the bridge's end.</param>
/// <param name="Interface">The name of the host's end.</param>
/// <param name="Address">The host's address there.</param>
internal sealed record Leg(string Bridge, string Port, string Interface, string Address);
