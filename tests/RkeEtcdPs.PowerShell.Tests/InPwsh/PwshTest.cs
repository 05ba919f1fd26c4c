using RkeEtcdPs.Cmdlets.Tests.Commands;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.PowerShell.Tests.OnHosts;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

/// <summary>A class of tests in which pwsh works on the hosts of the lab.</summary>
public abstract class PwshTest(LabFixture fixture) : LabTest(fixture)
{
    /// <summary>Sets <c>$lab</c>, the path of the lab's cluster.yml, and <c>$ssh</c>, that of its ssh_config.</summary>
    private protected string Variables => $"$lab = '{Lab.Folder.ClusterYml}'; $ssh = '{Lab.Folder.SshConfig}'\n";

    /// <summary>The same for a session that <see cref="Pwsh"/> does not set up; also imports the module.</summary>
    private protected string SetUp => $"Import-Module '{Manifest.FullName}'; {Variables}";

    /// <summary>Runs a script in which the module is imported.</summary>
    private protected Task<Pwsh> RunAsync(string script) => Pwsh.RunAsync(Variables + script);
}
