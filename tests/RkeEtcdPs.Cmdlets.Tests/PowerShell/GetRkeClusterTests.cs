using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class GetRkeClusterTests
{
    private const string Files =
        $"""
        Set-Content cluster.yml '{ClusterYaml.Lab}'
        Set-Content broken.yml '{ClusterYaml.Broken}'
        Set-Content -LiteralPath '[1].yml' ((Get-Content -Raw cluster.yml) -replace 'lab', 'odd')

        """;

    [PwshFact]
    public async Task A_cluster_comes_from_paths_files_text_and_the_current_location()
    {
        Pwsh run = await Pwsh.RunAsync(Files +
            """
            (Get-RkeCluster).Name
            (Get-RkeCluster cluster.yml).Path -eq (Join-Path $PSScriptRoot cluster.yml)
            (Get-RkeCluster -Path clus*.yml, '[[]1].yml').Name -join ' '
            (Get-RkeCluster -LiteralPath '[1].yml').Name
            (Get-RkeCluster '[1].yml').Name
            ('cluster.yml', './cluster.yml' | Get-RkeCluster).Name -join ' '
            (Get-ChildItem cluster.yml | Get-RkeCluster).Name
            (Get-ChildItem -LiteralPath '[1].yml' | Get-RkeCluster).Name
            (Get-Content -Raw cluster.yml | Get-RkeCluster).Name
            (Get-RkeCluster -Yaml (Get-Content -Raw cluster.yml)).Path -eq $null
            ([pscustomobject]@{ FullName = "$PSScriptRoot/cluster.yml" } | Get-RkeCluster).Name
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["lab", "True", "lab odd", "odd", "odd", "lab lab", "lab", "odd", "lab", "True", "lab"], run.Output);
    }

    [PwshFact]
    public async Task A_file_that_cannot_be_used_is_one_error_and_the_others_are_read()
    {
        Pwsh run = await Pwsh.RunAsync(Files +
            """
            (Get-RkeCluster broken.yml, cluster.yml, none.yml -ErrorAction SilentlyContinue -ErrorVariable failed).Name
            $failed.Count
            $failed | ForEach-Object { "$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.CategoryInfo.Category) $(Split-Path -Leaf $_.TargetObject)" }
            $failed[0].Exception.Errors.Count -ge 2
            "$($failed[0])" -match 'line 3' -and "$($failed[0])" -match 'line 7'
            """);

        Assert.Equal(["lab", "2", "ClusterConfigInvalid InvalidData broken.yml", "ClusterConfigInvalid InvalidData none.yml", "True", "True"], run.Output);
    }

    [PwshFact]
    public async Task Lines_of_a_file_are_refused_with_the_way_to_give_its_text()
    {
        Pwsh run = await Pwsh.RunAsync(Files +
            """
            try { Get-Content cluster.yml | Get-RkeCluster } catch { "$_" }
            try { Get-RkeCluster env:PATH } catch { "$_" }
            """);

        Assert.Equal(2, run.Output.Length);
        Assert.All(run.Output, line => Assert.Contains("Get-Content -Raw", line, StringComparison.Ordinal));
    }

    [PwshFact]
    public async Task What_is_odd_in_a_file_is_a_warning_with_its_place()
    {
        Pwsh run = await Pwsh.RunAsync(
            $$"""
            Set-Content typo.yml '{{ClusterYaml.WithTypo}}'
            $cluster = Get-RkeCluster typo.yml -WarningVariable odd -WarningAction SilentlyContinue
            $odd.Count; $cluster.Warnings.Count
            "$odd" -like "*typo.yml: line 2, column 1: *kubernetes_verison*"
            """);

        Assert.Equal(["1", "1", "True"], run.Output);
    }

    [PwshFact]
    public async Task Clusters_nodes_and_snapshots_have_views_even_in_strict_mode()
    {
        Pwsh run = await Pwsh.RunAsync(Files +
            """
            Set-StrictMode -Version Latest
            $cluster = Get-RkeCluster
            $cluster | Format-Table -Property * -AutoSize | Out-Null
            $cluster | Out-String -Width 200
            $cluster.Nodes | Out-String -Width 200
            $snapshot = [pscustomobject]@{
                PSTypeName = 'RkeEtcdPs.Engine.Snapshots.EtcdSnapshot'; ClusterName = 'lab'; Node = 'node1'; Address = '10.0.0.1'; Name = 'nightly'
                Path = '/opt/rke/etcd-snapshots/nightly'; Location = 'Host'; Size = 412mb; CreatedAt = [datetime]::UtcNow; ContentHash = 'abc'
                Revision = 12345; KeyCount = 678; Duration = $null; Verified = $true
            }
            $snapshot | Out-String -Width 200
            $snapshot.Duration = [timespan]::FromSeconds(1.24)
            $snapshot | Format-List | Out-String
            """);

        string text = string.Join('\n', run.Output);
        Assert.Equal("", run.Error);
        Assert.Contains("3 (1 controlplane, 2 etcd, 1 worker) node1, node2", text, StringComparison.Ordinal);
        Assert.Contains("controlplane, etcd rke", text.Replace("etcd, controlplane", "controlplane, etcd", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("412 MB", text, StringComparison.Ordinal);
        Assert.Contains($"412 MB ({412 << 20} bytes)", text, StringComparison.Ordinal);
        Assert.Contains("1.2 s", text, StringComparison.Ordinal);
    }
}
