using RkeEtcdPs.Lab;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

/// <summary>Snapshots as objects in pipelines, as admins write them.</summary>
public sealed class SnapshotTests(LabFixture fixture) : SessionTest(fixture)
{
    private const string Defaults = "$PSDefaultParameterValues['*-Etcd*:SshConfig'] = $ssh; $PSDefaultParameterValues['*-EtcdSnapshot:ClusterConfig'] = $lab;";

    [SkippableFact]
    public async Task A_night_is_listed_tested_thinned_and_kept()
    {
        await SaveAsync("one", "two", "three");

        Run listed = Session.Run($"{Defaults} Get-EtcdSnapshot t*").AssertQuiet();
        Run expired = Session.Run($"{Defaults} Get-EtcdSnapshot -Verify | Select-EtcdSnapshot -KeepLast 2 -Expired | Remove-EtcdSnapshot -WhatIf").AssertQuiet();
        string[] whatIf = [.. Session.Screen.Lines.Order(StringComparer.Ordinal)];
        Run removed = Session.Run($"{Defaults} Get-EtcdSnapshot -Verify | Select-EtcdSnapshot -KeepLast 2 -Expired | Remove-EtcdSnapshot -Confirm:$false -PassThru").AssertQuiet();
        Run tested = Session.Run($"{Defaults} Test-EtcdSnapshot -MaxAge 26h -Quiet").AssertQuiet();

        Assert.Equal(["node1 two", "node1 three", "node2 two", "node2 three"], listed.Property("Node").Zip(listed.Property("Name"), (node, name) => $"{node} {name}"));
        Assert.Empty(expired.Output);
        Assert.Equal(
            Lab.Hosts.Select(host => $"What if: Performing the operation \"Remove etcd snapshot\" on target \"lab: {host.Name}:/opt/rke/etcd-snapshots/one\"."), whatIf);
        Assert.Equal(["one", "one"], removed.Property("Name"));
        Assert.Equal([true], tested.Output.Select(item => item.BaseObject));
        Assert.Equal([false], Session.Run($"{Defaults} Test-EtcdSnapshot -MaxAge 1ms -Quiet").Output.Select(item => item.BaseObject));
        Assert.All(Lab.Hosts, host => Assert.Equal((false, true), (File.Exists(FileOf(host, "one")), File.Exists(FileOf(host, "two")))));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Hosts_that_lack_last_nights_are_found()
    {
        await SaveAsync("nightly");
        File.Delete(FileOf(Lab["node2"], "nightly"));

        Run run = Session.Run(
            $$"""
            {{Defaults}} $have = Get-EtcdSnapshot | Where-Object { $_.ContentHash -and $_.Age.TotalHours -lt 24 }
            (Get-RkeCluster $lab).EtcdNodes | Where-Object Name -NotIn $have.Node
            """).AssertQuiet();

        Assert.Equal(["node2"], run.Property("Name"));
    }

    [SkippableFact]
    public async Task List_that_came_back_from_another_session_is_selected_from()
    {
        await SaveAsync("one", "two");

        Run run = Session.Run(
            $$"""
            {{Defaults}} Get-EtcdSnapshot -Verify | ForEach-Object { [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($_)) } |
                Select-EtcdSnapshot -KeepLast 1
            """).AssertQuiet();
        Session.Set("back", run.Output);
        Run tested = Session.Run($"{Defaults} $back | Test-EtcdSnapshot").AssertQuiet();
        Run removed = Session.Run($"{Defaults} $back | Where-Object Node -EQ node1 | Remove-EtcdSnapshot -Confirm:$false -PassThru").AssertQuiet();

        Assert.Equal(["node1 two", "node2 two"], run.Property("Node").Zip(run.Property("Name"), (node, name) => $"{node} {name}").Order());
        Assert.Equal(["Sound", "Sound"], tested.Property("Integrity").Select(integrity => $"{integrity}"));
        Assert.Equal(["two"], removed.Property("Name"));
        Assert.False(File.Exists(FileOf(Lab["node1"], "two")));
    }

    [SkippableFact]
    public async Task Folder_is_compared_with_the_hosts_and_pruned_like_them()
    {
        await SaveAsync("one", "two");
        string folder = Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "store [1]")).FullName;
        File.Copy(FileOf(Lab["node1"], "one"), Path.Combine(folder, "one"), overwrite: true);
        Session.Set("folder", folder);

        Run missing = Session.Run(
            $$"""
            {{Defaults}} $kept = Get-EtcdSnapshot -LiteralPath $folder
            Get-EtcdSnapshot -Node node1 | Where-Object ContentHash -NotIn $kept.ContentHash
            """).AssertQuiet();
        // Without the cluster's hosts, which hold copies too.
        Run last = Session.Run("$PSDefaultParameterValues.Remove('*-EtcdSnapshot:ClusterConfig'); Get-EtcdSnapshot -LiteralPath $folder | Remove-EtcdSnapshot -Confirm:$false");
        File.Copy(FileOf(Lab["node1"], "two"), Path.Combine(folder, "two"), overwrite: true);
        Run older = Session.Run("Get-EtcdSnapshot -LiteralPath $folder -Verify | Select-EtcdSnapshot -KeepLast 1 -Expired | Remove-EtcdSnapshot -Confirm:$false").AssertQuiet();
        Run tested = Session.Run("Get-EtcdSnapshot -LiteralPath $folder -Verify | Test-EtcdSnapshot").AssertQuiet();

        Assert.Equal(["two"], missing.Property("Name"));
        Assert.Equal(["RemovalNotSafe"], last.ErrorIds);
        Assert.Empty(older.Output);
        Assert.Equal(["two"], Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)));
        Assert.Equal([Path.Combine(folder, "two")], tested.Property("Path"));
    }

    [SkippableFact]
    public async Task What_is_not_safe_ends_the_request_before_anything_is_removed()
    {
        await SaveAsync("one");

        Assert.Equal(["RemovalNotSafe"], Session.Run($"{Defaults} Get-EtcdSnapshot | Remove-EtcdSnapshot -Confirm:$false").ErrorIds);
        Assert.Equal(["SnapshotNameInvalid"], Session.Run($"{Defaults} Remove-EtcdSnapshot o* -Confirm:$false").ErrorIds);
        Assert.Equal(["RetentionRuleMissing"], Session.Run($"{Defaults} Get-EtcdSnapshot | Select-EtcdSnapshot").ErrorIds);
        Assert.Equal(["SnapshotNotFound"], Session.Run($"{Defaults} Get-EtcdSnapshot none").ErrorIds);
        Assert.All(Lab.Hosts, host => Assert.True(File.Exists(FileOf(host, "one"))));
    }

    [SkippableFact]
    public async Task Remove_asks_for_each_copy()
    {
        const int no = 2;
        await SaveAsync("one", "two");
        Session.Screen.Answer = _ => no;

        Session.Run($"{Defaults} Remove-EtcdSnapshot one").AssertQuiet();

        Assert.Equal(2, Session.Screen.Questions.Count);
        Assert.All(
            Lab.Hosts.Zip(Session.Screen.Questions),
            asked => Assert.Contains($"on target \"lab: {asked.First.Name}:/opt/rke/etcd-snapshots/one\"", asked.Second, StringComparison.Ordinal));
        Assert.All(Lab.Hosts, host => Assert.True(File.Exists(FileOf(host, "one"))));
    }

    [SkippableFact]
    public async Task Names_complete()
    {
        await SaveAsync("nightly");

        Session.Run(Defaults).AssertQuiet();

        Assert.Equal(["nightly"], await OfferedAsync("Get-EtcdSnapshot n"));
    }

    [SkippableFact]
    public async Task Names_complete_without_another_look_at_the_hosts_until_a_cmdlet_changes_what_they_have()
    {
        Session.Run($"{Defaults} Save-EtcdSnapshot nightly").AssertQuiet();
        Assert.Equal(["nightly"], await OfferedAsync("Get-EtcdSnapshot nig"));
        foreach (LabHost host in Lab.Hosts)
        {
            File.Delete(FileOf(host, "nightly"));
        }

        Assert.Equal(["nightly"], Session.Complete("Get-EtcdSnapshot nig"));
        Session.Run("Save-EtcdSnapshot nightmare").AssertQuiet();

        Assert.Equal(["nightmare"], await OfferedAsync("Get-EtcdSnapshot nig"));
    }

    [SkippableFact]
    public async Task A_host_that_is_down_holds_the_prompt_for_a_moment_once()
    {
        Session.Run($"{Defaults} Save-EtcdSnapshot nightly").AssertQuiet();
        await Lab.Hosts[1].StopSshdAsync();
        try
        {
            // A moment is four seconds, which the second key press does not wait for; the rest is the machine's.
            Assert.True(Timed("Get-EtcdSnapshot nig") < TimeSpan.FromSeconds(30));
            Assert.True(Timed("Get-EtcdSnapshot nig") < TimeSpan.FromSeconds(4));
            Assert.Equal(["nightly"], await OfferedAsync("Get-EtcdSnapshot nig"));
        }
        finally
        {
            await Lab.Hosts[1].ResumeSshdAsync();
            // The look at the host that was down goes on beside the prompt.
            await WaitAsync(() => !Remains.PrivateFolders().Any());
        }
    }

    [SkippableFact]
    public void Hundred_thousand_objects_are_selected_from()
    {
        Run run = Session.Run(
            """
            $now = [datetime]::UtcNow
            $all = foreach ($n in 1..100000) { [pscustomobject]@{ Path = "/f/$n"; Name = "$n"; CreatedAt = $now.AddMinutes(-$n); Size = 1; ContentHash = "$n"; Kind = 'OneTime'; Verified = $true } }
            $kept = $all | Select-EtcdSnapshot -KeepLast 3 -KeepDaily 7
            @($kept).Count
            """).AssertQuiet();

        Assert.Equal(9, run.Output[0].BaseObject);
    }

    // Hosts that are slow to answer are known a little later.
    private async Task<IReadOnlyList<string>> OfferedAsync(string line)
    {
        await WaitAsync(() => Session.Complete(line).Count > 0);
        return Session.Complete(line);
    }

    private TimeSpan Timed(string line)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Session.Complete(line);
        return System.Diagnostics.Stopwatch.GetElapsedTime(start);
    }

    private static async Task WaitAsync(Func<bool> done)
    {
        for (int tries = 0; tries < 100 && !done(); tries++)
        {
            await Task.Delay(200);
        }
    }

    private async Task SaveAsync(params string[] names)
    {
        foreach (string name in names)
        {
            // Every one of another content and another second.
            await Lab.Hosts[0].PutAsync("last", name);
            Session.Run($"Save-EtcdSnapshot {name} $lab -SshConfig $ssh -SingleSource").AssertQuiet();
            await Task.Delay(1000);
        }
    }
}
