namespace RkeEtcdPs.Engine.Hosts;

/// <summary>What speaks SSH to a host.</summary>
public enum SshTransport
{
    /// <summary>The ssh program where there is one, otherwise this process.</summary>
    Auto,

    /// <summary>The system's OpenSSH client as a child process: all of ssh_config, agents, certificates, hardware keys, bastions.</summary>
    OpenSsh,

    /// <summary>
    /// This process itself, for places that may not start others. Takes user, port and key from cluster.yml and host keys from known_hosts;
    /// of an ssh_config it reads <c>UserKnownHostsFile</c> and nothing else. No agent and no bastion; the host needs the docker command.
    /// </summary>
    InProcess,
}
