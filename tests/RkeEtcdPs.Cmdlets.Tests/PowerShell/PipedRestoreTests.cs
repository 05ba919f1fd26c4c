using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

/// <summary>What Get-EtcdRestore gives, piped to the cmdlets that undo and drop it, in a real PowerShell. Nothing listens on the host's port.</summary>
public sealed class PipedRestoreTests
{
    private const string Prepare =
        """
        ssh-keygen -q -t ed25519 -N '' -f "$PSScriptRoot/key"
        $cluster = "cluster_name: lab`nnodes:`n- {address: 127.0.0.1, port: '1', hostname_override: a, user: root, role: [controlplane, etcd, worker], ssh_key_path: '$PSScriptRoot/key'}"
        $PSDefaultParameterValues['*-Etcd*:ClusterConfig'] = $cluster
        $type = (Get-Command Get-EtcdRestore).OutputType[0].Type
        function Restore([string] $operation, [string] $node = 'a', [string] $cluster = 'lab') {
            $made = [Runtime.CompilerServices.RuntimeHelpers]::GetUninitializedObject($type)
            foreach ($pair in @{ ClusterName = $cluster; Node = $node; Operation = $operation; Path = '/x' }.GetEnumerator()) { $type.GetProperty($pair.Key).SetValue($made, $pair.Value) }
            $made
        }
        function Ids($what) { try { & $what 2>&1 | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] } } catch { $_.FullyQualifiedErrorId.Split(',')[0] } }
        $ErrorActionPreference = 'Continue'

        """;

    [PwshFact]
    public async Task They_are_taken_as_they_are_and_from_a_file_a_job_and_a_table()
    {
        Pwsh run = await Pwsh.RunAsync(Prepare +
            """
            $one = Restore 1
            $one | Export-Clixml kept.xml
            $one | Export-Csv kept.csv
            $forms = [ordered] @{
                object = $one; file = Import-Clixml kept.xml; table = Import-Csv kept.csv
                job = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($one, 1))
            }
            foreach ($form in $forms.Keys) {
                $piped = $forms[$form]
                "$form $(Ids { $piped | Remove-EtcdRestore -Force }) $(Ids { $piped, $piped | Undo-EtcdRestore -Force })"
            }
            "text $(Ids { Undo-EtcdRestore 1 -Force }) $(Ids { Remove-EtcdRestore 1 -Force })"
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            [
                "object NodeUnreachable RestoreNotSafe", "file NodeUnreachable RestoreNotSafe", "table NodeUnreachable RestoreNotSafe", "job NodeUnreachable RestoreNotSafe",
                "text RestoreNotSafe NodeUnreachable",
            ],
            run.Output);
    }

    [PwshFact]
    public async Task What_they_cannot_mean_is_refused_before_any_host_is_asked()
    {
        Pwsh run = await Pwsh.RunAsync(Prepare +
            """
            function Say($what) { try { & $what 2>&1 | ForEach-Object { "$_" } } catch { "$_" } }
            Say { (Restore 1), (Restore 2) | Undo-EtcdRestore -Force }
            Say { Restore 1 -cluster other | Undo-EtcdRestore -Force }
            Say { Restore 1 -cluster other | Remove-EtcdRestore -Force }
            Say { Restore 1 -node gone | Remove-EtcdRestore -Force }
            Say { Restore 1 | Remove-EtcdRestore -Node a -Force }
            "nothing: $(Say { @() | Undo-EtcdRestore -Force })$(Say { @() | Remove-EtcdRestore -Force })"
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            [
                "Only one restore of a cluster can be undone at a time, and these are different: 1, 2. Begin with the last one.",
                "This is for the cluster other, which is not among those given: lab.",
                "This is for the cluster other, which is not among those given: lab.",
                "Cluster lab has no etcd host gone any more.",
                "-Node goes with ids of restores: those that are piped are of one host each.",
                "nothing: ",
            ],
            run.Output);
    }
}
