using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The ssh_config that was named is not there.</summary>
public sealed class SshConfigNotFoundException : EtcdSnapshotException
{
    /// <summary>Reports the file.</summary>
    /// <param name="path">Its full path.</param>
    public SshConfigNotFoundException(string path)
        : base(FailureCategory.ObjectNotFound, $"There is no file {path} to use as ssh_config.", "Correct -SshConfig, or leave it out to use your own ssh_config. No host was contacted.")
    {
    }
}
