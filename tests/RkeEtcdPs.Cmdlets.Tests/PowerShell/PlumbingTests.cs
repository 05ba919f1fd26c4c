using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class PlumbingTests
{
    private const string Lab =
        $"""
        $lab = '{ClusterYaml.Lab}'
        $log = (New-Item -ItemType Directory log).FullName

        """;

    [PwshFact]
    public async Task Objects_verbose_lines_and_warnings_reach_their_streams()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab + "Invoke-EtcdProbe -ClusterConfig $lab -Verbose 4>&1 | ForEach-Object { \"$_\" }");

        Assert.Equal("", run.Error);
        Assert.Equal(
            ["[node1] probing", "[node2] probing", "[worker1] probing", "node1", "node2", "worker1"],
            run.Output.Where(line => !line.StartsWith("Performing", StringComparison.Ordinal)));
    }

    [PwshFact]
    public async Task A_failed_host_is_a_non_terminating_error_that_says_what_to_do()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            """
            (Invoke-EtcdProbe -ClusterConfig $lab -Fail node2 -ErrorAction SilentlyContinue -ErrorVariable failed).Name
            $failed.Count; $failed[0].FullyQualifiedErrorId; "$($failed[0].CategoryInfo.Category)"; "$($failed[0].TargetObject)"
            $failed[0].ErrorDetails.RecommendedAction
            """);

        Assert.Equal(
            ["node1", "worker1", "1", "NodeNotFound,RkeEtcdPs.Cmdlets.Probe.InvokeEtcdProbeCommand", "ObjectNotFound", "node2", "Look for it."],
            run.Output);
    }

    [PwshFact]
    public async Task ErrorAction_Stop_ends_the_work_at_the_first_failed_host()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            "try { (Invoke-EtcdProbe -ClusterConfig $lab -Fail node1 -Work 300 -CleanUpLog $log).Name } catch { \"$_\" }; (Get-ChildItem $log).Name -join ' '");

        Assert.Equal(["node1 is not there.", "node2 worker1"], run.Output);
    }

    [PwshFact]
    public async Task A_defect_terminates()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab + "try { Invoke-EtcdProbe -ClusterConfig $lab -Crash | Out-Null } catch { $_.FullyQualifiedErrorId }");

        Assert.Equal(["UnexpectedFailure,RkeEtcdPs.Cmdlets.Probe.InvokeEtcdProbeCommand"], run.Output);
    }

    [PwshFact]
    public async Task WhatIf_asks_for_each_host_and_does_nothing()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab + "Invoke-EtcdProbe -ClusterConfig $lab -WhatIf");

        Assert.Equal(
            ["node1", "node2", "worker1"],
            run.Output.Select(line => line.Split('"')[^2]));
        Assert.All(run.Output, line => Assert.StartsWith("What if:", line, StringComparison.Ordinal));
    }

    [PwshFact]
    public async Task When_the_next_command_has_enough_the_work_is_cancelled_and_cleans_up_first()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            "(Invoke-EtcdProbe -ClusterConfig $lab -Work 300 -CleanUpLog $log | Select-Object -First 1).Name; (Get-ChildItem $log).Name -join ' '");

        Assert.Equal("", run.Error);
        Assert.Equal(["node1", "node2 worker1"], run.Output);
    }

    [PwshFact]
    public async Task A_stopped_pipeline_waits_for_the_clean_up_and_says_nothing_more()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            """
            $shell = [powershell]::Create([runspace]::DefaultRunspace.InitialSessionState).AddScript({
                param($module, $probe, $lab, $log)
                Import-Module $module
                Import-Module -Assembly $probe
                Invoke-EtcdProbe -ClusterConfig $lab -Work 60000 -CleanUpLog $log
            }).AddArgument($module).AddArgument([RkeEtcdPs.Cmdlets.Probe.InvokeEtcdProbeCommand].Assembly).AddArgument($lab).AddArgument($log)
            $job = $shell.BeginInvoke()
            while ($shell.Streams.Progress.Count -eq 0 -and -not $job.IsCompleted) { Start-Sleep -Milliseconds 50 }
            $shell.Stop()
            (Get-ChildItem $log).Name -join ' '
            $shell.Streams.Error.Count; $shell.Streams.Warning.Count
            $shell.InvocationStateInfo.State
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["node2 worker1", "0", "0", "Stopped"], run.Output);
    }

    [PwshFact]
    public async Task Clusters_from_the_pipeline_are_worked_on_once_each()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            """
            Set-Content lab.yml $lab; Set-Content cluster.yml ($lab -replace 'node1', 'home1')
            (Get-RkeCluster lab.yml | Invoke-EtcdProbe).Name -join ' '
            (Get-Item lab.yml | Invoke-EtcdProbe).Name -join ' '
            ('lab.yml', './*.yml', 'lab.yml' | Invoke-EtcdProbe).Name -join ' '
            (Invoke-EtcdProbe).Name -join ' '
            ([pscustomobject]@{ ClusterConfig = 'lab.yml' } | Invoke-EtcdProbe).Name -join ' '
            (Invoke-EtcdProbe lab.yml, cluster.yml).Name -join ' '
            @() | Invoke-EtcdProbe
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            [
                "node1 node2 worker1",
                "node1 node2 worker1",
                "node1 node2 worker1 home1 node2 worker1",
                "home1 node2 worker1",
                "node1 node2 worker1",
                "node1 node2 worker1 home1 node2 worker1",
            ],
            run.Output);
    }

    [PwshFact]
    public async Task What_is_no_cluster_does_not_bind()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            """
            try { Get-Date | Invoke-EtcdProbe } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            try { Invoke-EtcdProbe -ClusterConfig $null } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            try { Invoke-EtcdProbe -ClusterConfig $lab -Node nobody } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            try { Invoke-EtcdProbe -ClusterConfig missing.yml } catch { $_.FullyQualifiedErrorId.Split(',')[0] }
            """);

        Assert.Equal(["InputObjectNotBound", "ParameterArgumentValidationError", "NodeNotFound", "ClusterConfigInvalid"], run.Output);
    }

    [PwshFact]
    public async Task Nodes_complete_from_the_cluster_at_hand()
    {
        Pwsh run = await Pwsh.RunWithProbeAsync(Lab +
            """
            function Complete($line) { (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -join ' ' }
            Set-Content lab.yml $lab
            Complete 'Invoke-EtcdProbe -ClusterConfig lab.yml -Node '
            Complete 'Invoke-EtcdProbe -ClusterConfig lab.yml -Node n'
            Complete 'Invoke-EtcdProbe -ClusterConfig lab.yml -Node 10.0.0.3'
            Complete 'Invoke-EtcdProbe lab.yml -Node node1, wo'
            Complete 'Get-Item lab.yml | Invoke-EtcdProbe -Node "w'
            Set-Content cluster.yml ($lab -replace 'node1', 'home1')
            Complete 'Invoke-EtcdProbe -Node h'
            $cluster = Get-RkeCluster lab.yml
            Complete 'Invoke-EtcdProbe -ClusterConfig $cluster -Node w'
            Set-Content bad.yml '{'
            $Error.Clear()
            "$(Complete 'Invoke-EtcdProbe -ClusterConfig bad.yml -Node zz')|"
            $Error.Count
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(
            ["node1 node2 worker1", "node1 node2", "10.0.0.3", "worker1", "", "home1", "worker1", "|", "0"],
            run.Output);
    }
}
