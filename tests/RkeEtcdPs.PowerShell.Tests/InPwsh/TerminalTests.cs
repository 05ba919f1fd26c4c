using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

public sealed class TerminalTests(LabFixture fixture) : PwshTest(fixture)
{
    [TerminalFact]
    public async Task Ctrl_C_in_the_middle_leaves_nothing_and_gives_the_prompt_back()
    {
        await using Terminal terminal = await Terminal.OpenAsync(SetUp);
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);
        await terminal.TypeAsync("Save-EtcdSnapshot stopped $lab -SshConfig $ssh -Node node1; 'not reached'");
        await terminal.PressAsync("Enter");
        await etcdctl.Reached;
        await terminal.WaitForAsync(screen => screen.Contains("node1: Saving stopped", StringComparison.Ordinal));
        Assert.NotEmpty(Remains.PrivateFolders());

        string screen = await terminal.InterruptAsync();

        Assert.Equal(2, screen.Split(Terminal.Prompt).Length - 1);
        Assert.False(File.Exists(FileOf(Lab["node1"], "stopped")));
        await Remains.AssertNoneAsync(Lab.Hosts);

        await terminal.TypeAsync("(Save-EtcdSnapshot after $lab -SshConfig $ssh).Verified -join '+'");
        await terminal.PressAsync("Enter");
        await terminal.WaitForAsync(screen => screen.Contains("True+True", StringComparison.Ordinal));
    }

    [TerminalFact]
    public async Task An_impatient_second_Ctrl_C_does_not_stop_the_clean_up()
    {
        await using Terminal terminal = await Terminal.OpenAsync(SetUp);
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);
        await terminal.TypeAsync("Save-EtcdSnapshot stopped $lab -SshConfig $ssh");
        await terminal.PressAsync("Enter");
        await etcdctl.Reached;

        await terminal.InterruptAsync(presses: 3);

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [TerminalFact]
    public async Task The_Tab_key_completes_nodes()
    {
        await using Terminal terminal = await Terminal.OpenAsync(SetUp);
        await terminal.TypeAsync("Save-EtcdSnapshot nightly $lab -Node n");

        // Here the first press goes as far as both have the same letters, and the second shows both.
        await terminal.PressAsync("Tab");
        await terminal.WaitForAsync(screen => screen.EndsWith("-Node node", StringComparison.Ordinal));
        await terminal.PressAsync("Tab");
        await terminal.WaitForAsync(screen => screen.Contains("node1  node2", StringComparison.Ordinal));
        await terminal.TypeAsync("2");
        await terminal.WaitForAsync(screen => screen.Contains("-Node node2", StringComparison.Ordinal));
    }

    [TerminalFact]
    public async Task A_save_shows_a_bar_per_host_and_then_a_table()
    {
        await using Terminal terminal = await Terminal.OpenAsync(SetUp);
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);
        await terminal.TypeAsync("Get-RkeCluster $lab | Save-EtcdSnapshot nightly -SshConfig $ssh");
        await terminal.PressAsync("Enter");
        await etcdctl.Reached;

        // The other host is done: its bar is gone.
        await terminal.WaitForAsync(screen =>
            screen.Contains("node1: Saving nightly", StringComparison.Ordinal) && !screen.Contains("node2: Saving nightly", StringComparison.Ordinal));
        await etcdctl.ThawAsync();

        string screen = await terminal.WaitForAsync(screen => screen.EndsWith(Terminal.Prompt, StringComparison.Ordinal));
        Assert.DoesNotContain("Saving nightly", screen, StringComparison.Ordinal);
        Assert.Matches(@"\nNode +Name +Verified +Size +CreatedAt +Revision +KeyCount +Duration\n", screen);
        Assert.Matches(@"\nnode1 nightly True +\d+ MB ", screen);
    }
}
