using System.Diagnostics;
using System.Globalization;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Hosts;

public sealed class ClientProcessTests
{
    [SkippableFact]
    public void Process_is_named_by_boot_and_ticks_which_no_step_of_the_clock_changes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "other systems tell a start by the wall clock alone");
        using Process self = Process.GetCurrentProcess();
        string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim().Replace("-", "", StringComparison.Ordinal);
        string ticks = File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ')[19];

        Assert.Equal($"{self.Id} {boot}-{ticks}", ClientProcess.Describe(self));
        Assert.NotNull(ClientProcess.Find(ClientProcess.Describe(self)));
        Assert.Null(ClientProcess.Find($"{self.Id} {boot}-{long.Parse(ticks, CultureInfo.InvariantCulture) + 1}"));
        Assert.Null(ClientProcess.Find($"{self.Id} {Guid.NewGuid():N}-{ticks}"));
    }

    [Fact]
    public void Client_is_gone_when_its_process_is_and_not_while_it_lives_or_when_it_was_elsewhere()
    {
        string[] parts = ClientProcess.Current.Split('/');

        Assert.False(ClientProcess.IsGone(ClientProcess.Current));
        Assert.True(ClientProcess.IsGone($"{parts[0]}/{parts[1]}/1"));
        Assert.False(ClientProcess.IsGone($"elsewhere/{parts[1]}/{parts[2]}"));
        Assert.True(ClientProcess.IsElsewhere($"elsewhere/{parts[1]}/{parts[2]}"));
    }

    [SkippableFact]
    public async Task Process_that_its_parent_has_not_buried_is_gone()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "other systems keep no dead processes in their list");
        using Process parent = Process.Start(new ProcessStartInfo("sh", ["-c", "sleep 30 & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        int id = int.Parse((await parent.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        try
        {
            using Process child = Process.GetProcessById(id);
            string description = ClientProcess.Describe(child);
            Assert.NotNull(ClientProcess.Find(description));

            child.Kill();
            while (!File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal))
            {
                await Task.Delay(10);
            }

            Assert.Null(ClientProcess.Find(description));
        }
        finally
        {
            parent.Kill();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("x y")]
    [InlineData("-1 1")]
    [InlineData("99999999999 1")]
    [InlineData("1 99999999999999999999")]
    [InlineData("1 2 3")]
    public void What_is_no_name_of_a_process_finds_none(string text) => Assert.Null(ClientProcess.Find(text));
}
