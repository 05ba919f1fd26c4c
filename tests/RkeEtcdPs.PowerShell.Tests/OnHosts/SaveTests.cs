using System.Management.Automation;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class SaveTests(LabFixture fixture) : SessionTest(fixture)
{
    [SkippableFact]
    public async Task A_cluster_is_piped_in_and_a_verified_snapshot_per_host_comes_out()
    {
        Run run = Session.Run("Get-RkeCluster $lab | Save-EtcdSnapshot nightly -SshConfig $ssh -OutVariable saved; $saved | Out-Host").AssertQuiet();

        Assert.Equal(Lab.Hosts.Select(host => host.Name), run.Property("Node").Cast<string>().Order());
        Assert.Equal([true, true], run.Property("Verified"));
        Assert.Equal(["lab", "lab"], run.Property("ClusterName"));
        Assert.Empty(run.Warnings);
        Assert.Empty(run.Verbose);
        string table = string.Join('\n', Session.Screen.Lines);
        Assert.Matches(@"(?m)^Node +Name +Verified +Size +CreatedAt +Revision +KeyCount +Duration$", table);
        Assert.All(Lab.Hosts, host => Assert.Matches($@"(?m)^{host.Name} nightly True +.* [\d.]+ s$", table));
        Assert.All(Lab.Hosts, host => Assert.True(File.Exists(FileOf(host, "nightly"))));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public void Clusters_from_the_pipeline_are_saved_together()
    {
        Session.Set("files", Lab.Hosts.Select(ClusterOf).ToArray());

        Run run = Session.Run("$files | Get-RkeCluster | Save-EtcdSnapshot both -SshConfig $ssh").AssertQuiet();

        Assert.Equal(
            ["only-node1 node1", "only-node2 node2"],
            run.Property("ClusterName").Zip(run.Property("Node"), (cluster, node) => $"{cluster} {node}").Order());
    }

    [SkippableFact]
    public void WhatIf_names_every_host_and_changes_nothing()
    {
        Run run = Session.Run("Save-EtcdSnapshot nightly $lab -SshConfig $ssh -WhatIf").AssertQuiet();

        Assert.Equal(
            Lab.Hosts.Select(host => $"What if: Performing the operation \"Save etcd snapshot nightly\" on target \"{host.Name} ({host.Address})\"."),
            Session.Screen.Lines);
        Assert.Empty(run.Output);
        Assert.All(Lab.Hosts, host => Assert.False(Directory.Exists(host.SnapshotFolder)));
    }

    [SkippableFact]
    public void Confirm_asks_for_every_host_and_saves_where_it_was_allowed()
    {
        const int yes = 0;
        const int no = 2;
        Session.Screen.Answer = question => question.Contains("node2", StringComparison.Ordinal) ? yes : no;

        Run run = Session.Run("Save-EtcdSnapshot nightly $lab -SshConfig $ssh -Confirm").AssertQuiet();

        Assert.Equal(2, Session.Screen.Questions.Count);
        Assert.Equal(["node2"], run.Property("Node"));
        Assert.False(File.Exists(FileOf(Lab["node1"], "nightly")));
    }

    [SkippableFact]
    public void Verbose_tells_the_story_of_each_host_and_progress_ends()
    {
        Run run = Session.Run("Save-EtcdSnapshot nightly $lab -SshConfig $ssh -Verbose").AssertQuiet();

        Assert.All(Lab.Hosts, host => Assert.Matches(
            $@"^\[{host.Name}\] \[ssh\] Reached Docker .* forwarded by ssh\n"
            + $@"\[{host.Name}\] \[etcd\] Saving snapshot \[nightly\] on host \[{host.Address}\]\n"
            + $@"\[{host.Name}\] \[etcd\] Snapshot \[nightly\] on host \[{host.Address}\] is verified: \d+ bytes, revision \d+$",
            string.Join('\n', run.Verbose.Where(line => line.StartsWith($"[{host.Name}]", StringComparison.Ordinal)))));
        Assert.Equal(["node1: Saving nightly", "node2: Saving nightly"], run.Progress.Select(bar => bar.Activity).Distinct().Order());
        Assert.Equal(2, run.Progress.Where(bar => bar.RecordType == ProgressRecordType.Completed).Select(bar => bar.ActivityId).Distinct().Count());
    }

    [SkippableFact]
    public void Nodes_complete_and_choose()
    {
        Assert.Equal(["node1", "node2"], Session.Complete("Save-EtcdSnapshot nightly $lab -Node "));

        Assert.Equal(["node2"], Session.Run("Save-EtcdSnapshot nightly $lab -SshConfig $ssh -Node *2").AssertQuiet().Property("Node"));
    }
}
