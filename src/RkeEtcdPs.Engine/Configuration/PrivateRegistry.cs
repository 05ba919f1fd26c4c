namespace RkeEtcdPs.Engine.Configuration;

/// <summary>An image registry from <c>private_registries</c> of cluster.yml.</summary>
public sealed record PrivateRegistry
{
    /// <summary>Host, and port and path where given, as written.</summary>
    public required string Url { get; init; }

    /// <summary>The user to log in as; null when anonymous.</summary>
    public string? User { get; init; }

    /// <summary>The password; null when anonymous.</summary>
    public Secret? Password { get; init; }

    /// <summary><c>is_default</c>: images without a registry in their name are pulled from this one.</summary>
    public bool IsDefault { get; init; }
}
