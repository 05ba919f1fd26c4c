namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>What is about to be done on a host.</summary>
public sealed record ApiServerChange
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>That node's address.</summary>
    public required string Address { get; init; }

    /// <summary><c>kube-apiserver</c> or <c>nginx-proxy</c>.</summary>
    public required string Component { get; init; }

    /// <summary>The etcd endpoints now; of nginx-proxy, the addresses of the API servers.</summary>
    public required IReadOnlyList<string> OldEndpoints { get; init; }

    /// <summary>The same, afterwards.</summary>
    public required IReadOnlyList<string> NewEndpoints { get; init; }

    /// <summary>The flags or variables that will be changed; empty when all that is left is to end what was cut off.</summary>
    public required IReadOnlyList<string> Settings { get; init; }

    /// <summary>True when another update was cut off there, which is ended first.</summary>
    public required bool Unfinished { get; init; }
}
