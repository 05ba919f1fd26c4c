namespace RkeEtcdPs.Engine.Configuration;

/// <summary>How to log in to a node or a bastion, from its own keys in cluster.yml or, failing these, the cluster's.</summary>
public sealed record SshLogin
{
    /// <summary><c>ssh_agent_auth</c>: keys come from the SSH agent.</summary>
    public bool UseAgent { get; init; }

    /// <summary><c>ssh_key_path</c>, with <c>~</c> expanded; null when not given, and then ssh's own defaults and configuration decide.</summary>
    public string? KeyPath { get; init; }

    /// <summary><c>ssh_key</c>: the private key itself; null when not given.</summary>
    public Secret? Key { get; init; }

    /// <summary><c>ssh_cert_path</c>, with <c>~</c> expanded; null when not given.</summary>
    public string? CertificatePath { get; init; }

    /// <summary><c>ssh_cert</c>: the certificate itself; null when not given.</summary>
    public string? Certificate { get; init; }
}
