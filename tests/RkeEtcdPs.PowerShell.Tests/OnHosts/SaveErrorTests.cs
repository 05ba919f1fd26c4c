using System.Management.Automation;
using RkeEtcdPs.Lab;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class SaveErrorTests(LabFixture fixture) : SessionTest(fixture)
{
    [SkippableFact]
    public async Task A_host_that_cannot_be_reached_is_an_error_record_and_the_others_finish()
    {
        await Lab["node2"].KillSshdAsync();

        Run run = Session.Run("Save-EtcdSnapshot nightly $lab -SshConfig $ssh -ErrorVariable failed; $failed.Count; $?");

        Assert.Equal(["node1", null, null], run.Property("Node"));
        Assert.Equal(["1", "True"], run.Text.Skip(1));
        ErrorRecord error = Assert.Single(run.Errors);
        Assert.Equal("NodeUnreachable,RkeEtcdPs.Cmdlets.Commands.SaveEtcdSnapshotCommand", error.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ConnectionError, error.CategoryInfo.Category);
        Assert.Equal("node2", PSObject.AsPSObject(error.TargetObject).Properties["Name"].Value);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [SkippableFact]
    public async Task ErrorAction_Stop_stops_the_script_after_the_other_hosts_have_their_snapshot()
    {
        await Lab["node2"].KillSshdAsync();

        ErrorRecord? error = Session.Catch("Save-EtcdSnapshot nightly $lab -SshConfig $ssh -ErrorAction Stop");

        Assert.Equal("NodeUnreachable,RkeEtcdPs.Cmdlets.Commands.SaveEtcdSnapshotCommand", error?.FullyQualifiedErrorId);
        Assert.True(File.Exists(FileOf(Lab["node1"], "nightly")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task A_name_that_is_taken_ends_all_before_anything_runs()
    {
        LabHost has = Lab["node2"];
        Directory.CreateDirectory(has.SnapshotFolder);
        await File.WriteAllTextAsync(FileOf(has, "nightly"), "mine");

        ErrorRecord? error = Session.Catch("Save-EtcdSnapshot nightly $lab -SshConfig $ssh");

        Assert.Equal("SnapshotExists,RkeEtcdPs.Cmdlets.Commands.SaveEtcdSnapshotCommand", error?.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.ResourceExists, error!.CategoryInfo.Category);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.False(File.Exists(FileOf(Lab["node1"], "nightly")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableTheory]
    [InlineData("Save-EtcdSnapshot ../nightly $lab", "SnapshotNameInvalid")]
    [InlineData("Save-EtcdSnapshot nightly $lab -Node nobody", "NodeNotFound")]
    [InlineData("Save-EtcdSnapshot nightly none.yml", "ClusterConfigInvalid")]
    [InlineData("$lab, 'none.yml' | Save-EtcdSnapshot nightly -SshConfig $ssh", "ClusterConfigInvalid")]
    public void What_makes_the_whole_request_wrong_terminates_and_nothing_runs(string script, string id)
    {
        Assert.StartsWith(id + ",", Session.Catch(script)?.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.All(Lab.Hosts, host => Assert.False(Directory.Exists(host.SnapshotFolder)));
    }

    [SkippableFact]
    public async Task A_second_save_at_the_same_time_is_refused_on_that_host()
    {
        using Session other = OpenSession();
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);
        using RunningScript first = Session.Start("Save-EtcdSnapshot first $lab -SshConfig $ssh -Node node1");
        await etcdctl.Reached;

        Run second = other.Run("Save-EtcdSnapshot second $lab -SshConfig $ssh");

        Assert.Equal(["OperationInProgress"], second.ErrorIds);
        Assert.Equal(ErrorCategory.ResourceBusy, second.Errors[0].CategoryInfo.Category);
        Assert.Contains("since 20", $"{second.Errors[0]}", StringComparison.Ordinal);
        Assert.Equal(["node2"], second.Property("Node"));
        await etcdctl.ThawAsync();
        Assert.Equal(["node1"], first.Finish().AssertQuiet().Property("Node"));
    }
}
