using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class TransportTests
{
    [PwshFact]
    public async Task The_in_process_transport_is_loaded_when_it_is_used_and_not_before()
    {
        Pwsh run = await Pwsh.RunAsync(
            """
            ssh-keygen -q -t ed25519 -N '' -f "$PSScriptRoot/key"
            $yaml = "nodes:`n- {address: 127.0.0.1, port: '1', user: root, role: [etcd], ssh_key_path: '$PSScriptRoot/key'}"
            foreach ($transport in 'OpenSsh', 'InProcess') {
                Get-EtcdMember -ClusterConfig $yaml -Transport $transport -ErrorAction SilentlyContinue -ErrorVariable failure -WarningAction Ignore
                '{0} {1} {2}' -f $transport, $failure[0].FullyQualifiedErrorId.Split(',')[0],
                    ([AppDomain]::CurrentDomain.GetAssemblies().Where({ $_.GetName().Name -in 'Renci.SshNet', 'BouncyCastle.Cryptography' }).Count -gt 0)
            }
            """);

        Assert.Equal(["OpenSsh NodeUnreachable False", "InProcess NodeUnreachable True"], run.Output);
    }
}
