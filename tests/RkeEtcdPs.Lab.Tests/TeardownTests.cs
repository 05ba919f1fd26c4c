using RkeEtcdPs.Lab.State;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>That nothing of a lab stays on the machine, however it ends.</summary>
public sealed class TeardownTests : IAsyncLifetime
{
    private readonly LabFolder _folder = new(Path.Combine(Path.GetTempPath(), $"lab-teardown-{Guid.NewGuid():N}"));

    [SkippableFact]
    public async Task A_disposed_lab_leaves_nothing()
    {
        var lab = await LabVariants.StartAsync(LabVariants.OneHost() with { Folder = _folder.Root });
        var traces = LabTraces.Of(_folder);
        Assert.NotEmpty(traces.Processes());

        await lab.DisposeAsync();

        Assert.Empty(traces.Left());
    }

    [SkippableFact]
    public async Task Hosts_end_with_their_owner_even_when_it_is_killed()
    {
        LabAvailability.Require();
        using var owner = new LabProcess("up", "--foreground", "--hosts", "1", "--folder", _folder.Root);
        await owner.SaysAsync("up until Ctrl+C");
        var traces = LabTraces.Of(_folder);

        await owner.KillAsync();

        for (var attempt = 0; traces.Processes().Count > 0 && attempt < 100; attempt++)
        {
            await Task.Delay(50);
        }

        Assert.Empty(traces.Processes());
        Assert.Equal(0, (await LabProcess.RunAsync("down", "--folder", _folder.Root)).ExitCode);
        Assert.Empty(traces.Left());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task An_owner_that_is_told_to_end_takes_its_lab_down()
    {
        LabAvailability.Require();
        using var owner = new LabProcess("up", "--foreground", "--hosts", "1", "--folder", _folder.Root);
        await owner.SaysAsync("up until Ctrl+C");
        var traces = LabTraces.Of(_folder);

        await owner.TerminateAsync();

        Assert.Empty(traces.Left());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task An_owner_ends_when_its_lab_was_taken_down_and_never_removes_the_next_one()
    {
        LabAvailability.Require();
        using var ending = new LabProcess("up", "--foreground", "--hosts", "1", "--folder", _folder.Root);
        await ending.SaysAsync("up until Ctrl+C");
        Assert.Equal(0, (await LabProcess.RunAsync("down", "--folder", _folder.Root)).ExitCode);
        await ending.SaysAsync("taken down by another process");
        await ending.EndAsync();

        using var asleep = new LabProcess("up", "--foreground", "--hosts", "1", "--folder", _folder.Root);
        await asleep.SaysAsync("up until Ctrl+C");
        await asleep.SignalAsync("STOP");
        Assert.Equal(0, (await LabProcess.RunAsync("down", "--folder", _folder.Root)).ExitCode);
        Assert.Equal(0, (await LabProcess.RunAsync("up", "--hosts", "1", "--folder", _folder.Root)).ExitCode);
        await asleep.SignalAsync("TERM");
        await asleep.SignalAsync("CONT");
        await asleep.EndAsync();

        Assert.Contains("etcd healthy", (await LabProcess.RunAsync("status", "--folder", _folder.Root)).Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_a_killed_start_left_goes_before_the_next_one()
    {
        LabAvailability.Require();
        using (var killed = new LabProcess("up", "--hosts", "1", "--folder", _folder.Root))
        {
            await killed.SaysAsync("hosts run");
            await killed.KillAsync();
        }

        Assert.Equal(1, (await LabProcess.RunAsync("status", "--folder", _folder.Root)).ExitCode);
        Assert.Equal(0, (await LabProcess.RunAsync("up", "--hosts", "1", "--folder", _folder.Root)).ExitCode);
        Assert.Contains("already up", (await LabProcess.RunAsync("up", "--folder", _folder.Root)).Output, StringComparison.Ordinal);
        var traces = LabTraces.Of(_folder);
        Assert.NotEmpty(traces.Processes());

        Assert.Equal(0, (await LabProcess.RunAsync("down", "--folder", _folder.Root)).ExitCode);

        Assert.Empty(traces.Left());
        Assert.Equal(0, (await LabProcess.RunAsync("down", "--folder", _folder.Root)).ExitCode);
    }

    [SkippableFact]
    public async Task A_folder_that_is_not_a_lab_is_left_alone()
    {
        LabAvailability.Require();
        var file = Path.Combine(Directory.CreateDirectory(_folder.Root).FullName, "precious");
        await File.WriteAllTextAsync(file, "x");

        Assert.Equal(0, (await LabProcess.RunAsync("down", "--folder", _folder.Root)).ExitCode);
        Assert.Equal(1, (await LabProcess.RunAsync("up", "--hosts", "1", "--folder", _folder.Root)).ExitCode);

        Assert.True(File.Exists(file));
        File.Delete(file);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        // Only after a failure is anything left.
        await LabProcess.RunAsync("down", "--folder", _folder.Root);
        if (Directory.Exists(_folder.Root))
        {
            Directory.Delete(_folder.Root, recursive: true);
        }
    }
}
