using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.PowerShell;

public sealed class NodeTestViewTests
{
    // Nothing listens on port 1, and so nothing is waited for.
    private const string Unreachable = "cluster_name: gone`nnodes:`n  - address: 127.0.0.1`n    hostname_override: node1`n    port: 1`n    user: rke`n    role: [controlplane, etcd, worker]";

    [PwshFact]
    public async Task A_node_that_cannot_be_reached_is_a_finding_with_advice_and_no_error()
    {
        Pwsh run = await Pwsh.RunAsync(
            $$"""
            $checks = Test-RkeNode (Get-RkeCluster -Yaml "{{Unreachable}}")
            $checks | ForEach-Object { '{0} {1} {2} {3} {4} {5}' -f $_.ClusterName, $_.Node, $_.Check, $_.Severity, $_.Id, ($_.Advice.Length -gt 10) }
            Test-RkeNode (Get-RkeCluster -Yaml "{{Unreachable}}") -Quiet
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["gone node1 Port Error NodeUnreachable True", "False"], run.Output);
    }

    [PwshFact]
    public async Task Views_have_colour_where_PowerShell_shows_colour_and_nowhere_else()
    {
        Pwsh run = await Pwsh.RunAsync(
            $$"""
            $checks = Test-RkeNode (Get-RkeCluster -Yaml "{{Unreachable}}")
            foreach ($rendering in 'Ansi', 'PlainText') {
                $PSStyle.OutputRendering = $rendering
                foreach ($text in ($checks | Out-String), ($checks | Format-Wide | Out-String)) {
                    '{0} {1} {2}' -f $rendering, $text.Contains([string] [char] 27), ($text -match 'node1')
                }
            }
            $PSStyle.OutputRendering = 'PlainText'
            ($checks | Format-List | Out-String).Contains('Advice')
            """);

        Assert.Equal("", run.Error);
        Assert.Equal(["Ansi True True", "Ansi True True", "PlainText False True", "PlainText False True", "True"], run.Output);
    }
}
