using System.Management.Automation;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class SaveStopTests(LabFixture fixture) : SessionTest(fixture)
{
    [SkippableFact]
    public async Task A_stopped_save_leaves_nothing()
    {
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);
        using RunningScript save = Session.Start("Save-EtcdSnapshot stopped $lab -SshConfig $ssh -Node node1");
        await etcdctl.Reached;
        Assert.NotEmpty(Remains.PrivateFolders());

        Run run = save.Stop();

        Assert.Equal(PSInvocationState.Stopped, run.State);
        Assert.Empty(run.Output);
        run.AssertQuiet();
        Assert.False(File.Exists(FileOf(Lab["node1"], "stopped")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableTheory]
    [InlineData("process { $first.Node; break }")]
    [InlineData("process { $first.Node; throw 'enough' }")]
    public async Task When_the_next_command_has_enough_the_other_hosts_are_left_clean(string body)
    {
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);

        Run run = Session.Run(
            "function Read-First { param([Parameter(ValueFromPipeline)] $first) " + body + " }\n" +
            "foreach ($once in 1) { try { Save-EtcdSnapshot enough $lab -SshConfig $ssh | Read-First } catch { } }");

        Assert.Equal(["node2"], run.AssertQuiet().Text);
        Assert.False(File.Exists(FileOf(Lab["node1"], "enough")));
        Assert.True(File.Exists(FileOf(Lab["node2"], "enough")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task A_save_that_was_stopped_while_it_asked_changes_nothing()
    {
        using ManualResetEventSlim asked = new();
        using ManualResetEventSlim answer = new();
        Session.Screen.Answer = _ =>
        {
            asked.Set();
            answer.Wait(TimeSpan.FromSeconds(60));
            return 0;
        };
        using RunningScript save = Session.Start("Save-EtcdSnapshot asked $lab -SshConfig $ssh -Confirm");
        Assert.True(asked.Wait(TimeSpan.FromSeconds(120)));

        Task<Run> stopping = Task.Run(save.Stop);
        await Task.Delay(200);
        answer.Set();

        Assert.Equal(PSInvocationState.Stopped, (await stopping).State);
        Assert.All(Lab.Hosts, host => Assert.False(Directory.Exists(host.SnapshotFolder)));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }
}
