using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

public sealed class SaveTests(LabFixture fixture) : PwshTest(fixture)
{
    [PwshLabFact]
    public async Task A_save_reads_as_a_table_of_hosts()
    {
        Pwsh run = await RunAsync("Get-RkeCluster $lab | Save-EtcdSnapshot -Name nightly -SshConfig $ssh | Sort-Object Node | Format-Table");

        Assert.Equal("", run.Error);
        Assert.Equal("   Cluster: lab", run.Output.First(line => line.Length > 0));
        string[] lines = [.. run.Output.Where(line => line.Length > 0).Skip(1)];
        Assert.Matches("^Node +Name +Verified +Size +CreatedAt +Revision +KeyCount +Duration$", lines[0]);
        Assert.Matches(@"^node1 nightly True +[\d.]+ [KM]B \d{4}-\d\d-\d\d \d\d:\d\d:\d\d +\d+ +\d+ +[\d.]+ s$", lines[2]);
        Assert.StartsWith("node2 nightly ", lines[3], StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task WhatIf_says_what_would_be_done_on_each_host()
    {
        Pwsh run = await RunAsync("Save-EtcdSnapshot -Name nightly $lab -SshConfig $ssh -WhatIf");

        Assert.Equal(
            Lab.Hosts.Select(host => $"What if: Performing the operation \"Save etcd snapshot nightly\" on target \"{host.Name} ({host.Address})\"."), run.Output);
        Assert.All(Lab.Hosts, host => Assert.False(Directory.Exists(host.SnapshotFolder)));
    }

    [PwshLabFact]
    public async Task Verbose_tells_the_story_as_RKE_does()
    {
        Pwsh run = await RunAsync("Save-EtcdSnapshot -Name nightly $lab -SshConfig $ssh -Node node1 -Verbose");

        string address = Lab["node1"].Address;
        string[] story = [.. run.Output.Where(line => line.StartsWith("VERBOSE: [node1]", StringComparison.Ordinal))];
        Assert.StartsWith("VERBOSE: [node1] [ssh] Reached Docker ", story[0], StringComparison.Ordinal);
        Assert.Equal($"VERBOSE: [node1] [etcd] Saving snapshot [nightly] on host [{address}]", story[1]);
        Assert.StartsWith($"VERBOSE: [node1] [etcd] Snapshot [nightly] on host [{address}] is verified: ", story[2], StringComparison.Ordinal);
        Assert.Equal(3, story.Length);
    }

    [PwshLabFact]
    public async Task Two_clusters_are_saved_at_once_in_threads_of_their_own()
    {
        string files = string.Join(", ", Lab.Hosts.Select(host => $"'{ClusterOf(host)}'"));

        Pwsh run = await RunAsync(
            $$"""
            $files = {{files}}
            $files | ForEach-Object -Parallel { Import-Module $using:module; Save-EtcdSnapshot parallel $_ -SshConfig $using:ssh } |
                Sort-Object Node | ForEach-Object { "$($_.ClusterName) $($_.Node) $($_.Verified)" }
            $jobs = $files | ForEach-Object { Start-ThreadJob { Import-Module $using:module; Save-EtcdSnapshot job $args[0] -SshConfig $using:ssh } -ArgumentList $_ }
            $jobs | Receive-Job -Wait | Sort-Object Node | ForEach-Object { "$($_.ClusterName) $($_.Node) $($_.Verified)" }
            """);

        string[] both = ["only-node1 node1 True", "only-node2 node2 True"];
        Assert.Equal("", run.Error);
        Assert.Equal([.. both, .. both], run.Output);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task A_failed_host_is_an_error_that_a_person_and_a_script_can_read()
    {
        await Lab["node2"].KillSshdAsync();

        Pwsh run = await RunAsync(
            """
            $ErrorActionPreference = 'Continue'
            (Save-EtcdSnapshot nightly $lab -SshConfig $ssh -ErrorVariable failed).Node
            "$($failed[0].CategoryInfo.Category) $($failed[0].TargetObject.Name)"
            """);

        Assert.Equal(["node1", "ConnectionError node2"], run.Output.Where(line => !line.StartsWith("Save-", StringComparison.Ordinal)));
        Assert.Contains("node2", run.Error, StringComparison.Ordinal);
    }
}
