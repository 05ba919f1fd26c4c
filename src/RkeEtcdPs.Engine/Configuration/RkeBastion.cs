namespace RkeEtcdPs.Engine.Configuration;

/// <summary>The host through which all SSH connections go, from <c>bastion_host</c> of cluster.yml.</summary>
public sealed record RkeBastion
{
    /// <summary>A name or an IP address.</summary>
    public required string Address { get; init; }

    /// <summary>The SSH port; 22 when it is not given.</summary>
    public int Port { get; init; } = 22;

    /// <summary>The SSH user; null when not given, and then ssh decides.</summary>
    public string? User { get; init; }

    /// <summary>How to log in.</summary>
    public SshLogin Login { get; init; } = new();

    /// <inheritdoc />
    public override string ToString() => Address;
}
