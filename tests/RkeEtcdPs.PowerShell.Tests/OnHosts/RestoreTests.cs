using System.Management.Automation;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

/// <summary>Restores as admins write them.</summary>
public sealed class RestoreTests(LabFixture fixture) : SessionTest(fixture)
{
    private const string Defaults = "$PSDefaultParameterValues['*-Etcd*:SshConfig'] = $ssh; $PSDefaultParameterValues['*-Etcd*:ClusterConfig'] = $lab;";

    [SkippableFact]
    public async Task Plan_is_shown_asked_about_piped_back_undone_and_dropped()
    {
        const int no = 2;
        await SaveAsync();
        Session.Screen.Answer = _ => no;

        Run planned = Session.Run($"{Defaults} $plan = Restore-EtcdSnapshot good -SourceNode node1 -PlanOnly; $plan; $plan | Out-Host").AssertQuiet();
        string shown = string.Join('\n', Session.Screen.Lines);
        Run whatIf = Session.Run("Restore-EtcdSnapshot good -Force -WhatIf").AssertQuiet();
        string[] told = [.. Session.Screen.Lines.Where(line => line.StartsWith("What if", StringComparison.Ordinal))];
        Run refused = Session.Run("Restore-EtcdSnapshot good").AssertQuiet();
        Run other = Session.Run("$plan | Restore-EtcdSnapshot -Node node1 -Force");

        Assert.Equal(true, Assert.Single(planned.Property("Ready")));
        Assert.Matches(@"(?m)^Age +: .+", shown);
        Assert.Matches(@"(?m)^Nodes +: node1, node2$", shown);
        Assert.Matches(@"(?m)^SourceNode +: node1$", shown);
        Assert.Empty(whatIf.Output);
        Assert.Contains("1 revisions", told[0], StringComparison.Ordinal);
        Assert.Contains("on target \"lab (node1, node2)\"", told[0], StringComparison.Ordinal);
        // Then a line for each action, host by host.
        Assert.Equal(["node1", "node2"], told.Skip(1).Select(line => line[(line.LastIndexOf("target \"", StringComparison.Ordinal) + 8)..].Split(' ')[0]).Distinct());
        Assert.All(Lab.Hosts.Take(2), host => Assert.Contains($"What if: Performing the operation \"stop etcd\" on target \"{host.Name} ({host.Address})\".", told));
        Assert.Equal(2, told.Count(line => line.Contains("\"move /var/lib/etcd/member to", StringComparison.Ordinal)));
        Assert.Contains("; then restarts kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, Network on 2 nodes\"", told[0], StringComparison.Ordinal);
        Assert.All(told.TakeLast(2), line => Assert.Contains("\"restart kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, Network\"", line, StringComparison.Ordinal));
        Assert.Matches("(?m)^Restarts +: node1: kube-apiserver, .+$", shown);
        Assert.Empty(refused.Output);
        string question = Assert.Single(Session.Screen.Questions);
        Assert.Matches("snapshot good \\(revision \\d+, .+ old\\); all changes since are lost: 1 revisions", question);
        Assert.Equal(["RestoreNotSafe"], other.ErrorIds);
        Assert.Equal("after", await Lab.Hosts[0].GetAsync("key"));

        Run restored = Session.Run("$plan | Restore-EtcdSnapshot -Force -NoComponentRestart").AssertQuiet();
        Assert.Equal(["Done", "Done"], restored.Property("Phase").Select(phase => $"{phase}"));
        Assert.Equal("before", await Lab.Hosts[0].GetAsync("key"));
        Run again = Session.Run("$plan | Restore-EtcdSnapshot -Force -NoComponentRestart");
        Assert.Equal(["RestoreNotSafe"], again.ErrorIds);
        Assert.Contains("stale", Assert.Single(again.Errors).Exception.Message, StringComparison.Ordinal);

        Run undone = Session.Run(
            "[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize(@(Get-EtcdRestore), 2)) | Undo-EtcdRestore -Force -NoComponentRestart").AssertQuiet();
        Assert.Equal(["Undone", "Undone"], undone.Property("Phase").Select(phase => $"{phase}"));
        Assert.Equal("after", await Lab.Hosts[1].GetAsync("key"));
        Assert.Equal(["Left", "Left"], Session.Run("Get-EtcdRestore").AssertQuiet().Property("Components").Select(components => $"{components}"));
        Run kept = Session.Run("(Get-EtcdRestore)[0].Operation | ForEach-Object { Remove-EtcdRestore $_ }").AssertQuiet();
        Assert.Empty(kept.Output);
        Assert.All(
            Lab.Hosts.Zip(Session.Screen.Questions.TakeLast(2)),
            asked => Assert.Contains($"on target \"lab: {asked.First.Name}:/var/lib/etcd/.etcdsnapshot/", asked.Second, StringComparison.Ordinal));
        Run dropped = Session.Run("Get-EtcdRestore | Where-Object Node -EQ node2 | Remove-EtcdRestore -Confirm:$false").AssertQuiet();
        Assert.Equal(["node2"], dropped.Property("Node"));
        Assert.Equal(["node1"], Session.Run("$left = Get-EtcdRestore; $left").AssertQuiet().Property("Node"));
        Session.Run("Remove-EtcdRestore $left.Operation -Confirm:$false").AssertQuiet();
        Assert.Empty(Session.Run("Get-EtcdRestore").AssertQuiet().Output);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Plan_that_was_kept_is_taken_also_where_a_host_gets_an_etcd_container()
    {
        await SaveAsync();
        (await Lab.Hosts[1].DockerAsync("rm", "--force", "etcd")).OrThrow();

        Run run = Session.Run(
            $"{Defaults} $kept = Restore-EtcdSnapshot good -SourceNode node1 -PlanOnly; $kept.Hosts[1].Design; [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($kept, 4)) | Restore-EtcdSnapshot -Force -WhatIf -WarningAction SilentlyContinue");

        Assert.Empty(run.Errors);
        Assert.Single(run.Output);
        Assert.Contains(Session.Screen.Lines, line => line.StartsWith("What if", StringComparison.Ordinal) && line.Contains("make one after that of node1", StringComparison.Ordinal));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task File_is_piped_in_and_given_to_the_hosts_and_different_snapshots_are_not_taken()
    {
        await SaveAsync();
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "restored from")).FullName;
        Session.Set("folder", folder);
        File.Copy(FileOf(Lab.Hosts[0], "good"), Path.Combine(folder, "good"), overwrite: true);
        foreach (RkeEtcdPs.Lab.LabHost host in Lab.Hosts)
        {
            File.Delete(FileOf(host, "good"));
        }

        Run two = Session.Run($"{Defaults} Save-EtcdSnapshot other | Out-Null; @(Get-EtcdSnapshot -Path $folder) + @(Get-EtcdSnapshot other) | Restore-EtcdSnapshot -Force");
        Run path = Session.Run("(Restore-EtcdSnapshot -LiteralPath \"$folder/good\" -PlanOnly).Source").AssertQuiet();
        Run restored = Session.Run("Get-EtcdSnapshot -Path $folder | Restore-EtcdSnapshot -Force -NoComponentRestart").AssertQuiet();

        Assert.Contains("Only one snapshot can be restored", two.Errors.Append(two.Terminated).OfType<ErrorRecord>().First().Exception.Message, StringComparison.Ordinal);
        Assert.Equal([Path.Combine(folder, "good")], path.Text);
        Assert.Equal(["node1", "node2"], restored.Property("Node"));
        Assert.All(Lab.Hosts, host => Assert.True(File.Exists(FileOf(host, "good"))));
        Assert.Equal("before", await Lab.Hosts[1].GetAsync("key"));
    }

    // With the long ones: however little time is given, the members have five minutes.
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task NoRollback_leaves_everything_to_be_looked_at_and_the_same_command_goes_on()
    {
        await SaveAsync();
        string route = $"{Lab.Hosts[0].InternalAddress}/32";
        // The members cannot reach each other, so neither the old cluster nor the new one has a quorum.
        (await Lab.Hosts[1].RunAsync("ip", "route", "add", "blackhole", route)).OrThrow();
        Run failed;
        Run listed;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            failed = Session.Run($"{Defaults} Restore-EtcdSnapshot good -Force -NoComponentRestart -NoRollback -TimeoutSec 5");
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(5));
            listed = Session.Run("Get-EtcdRestore").AssertQuiet();
        }
        finally
        {
            (await Lab.Hosts[1].RunAsync("ip", "route", "del", "blackhole", route)).OrThrow();
        }

        Assert.Contains("RestoreUnfinished", failed.ErrorIds);
        Assert.Equal(["Switching", "Switching"], listed.Property("Phase").Select(phase => $"{phase}"));
        Run finished = Session.Run("Restore-EtcdSnapshot good -Force -NoComponentRestart").AssertQuiet();
        Assert.Equal(["Done", "Done"], finished.Property("Phase").Select(phase => $"{phase}"));
        Assert.Equal("before", await Lab.Hosts[0].GetAsync("key"));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private async Task SaveAsync()
    {
        await Lab.Hosts[0].PutAsync("key", "before");
        Session.Run("Save-EtcdSnapshot good $lab -SshConfig $ssh -SingleSource").AssertQuiet();
        await Lab.Hosts[0].PutAsync("key", "after");
    }
}
