namespace RkeEtcdPs.Engine.Hosts;

/// <summary>How hosts are reached, where cluster.yml does not say.</summary>
public sealed record HostOptions
{
    /// <summary>Accept and remember the key of a host never seen before; a changed key is refused all the same.</summary>
    public bool AcceptNewHostKey { get; init; }

    /// <summary>What speaks SSH.</summary>
    public SshTransport Transport { get; init; }

    /// <summary>The ssh_config to use instead of the user's and the system's, as with <c>ssh -F</c>; null for these.</summary>
    /// <remarks>In process only its <c>UserKnownHostsFile</c> counts; see <see cref="SshTransport.InProcess"/>.</remarks>
    public string? SshConfigPath { get; init; }

    /// <summary>The ssh program: a name found on PATH or a full path.</summary>
    public string SshProgram { get; init; } = "ssh";

    /// <summary>The limit for reaching a host; the login that follows may take as long again.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a silent host is asked whether it is alive. After three questions without an answer it counts as gone.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The limit for one short request to the Docker engine; transfers and waits have none of their own.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
