using System.Collections.Concurrent;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>A restore and the service know of each other.</summary>
public sealed class DuringRestoreTests(LabFixture fixture) : ScheduleTest(fixture)
{
    private const string Runs = "always true";
    private const string Stopped = "no false";

    [SkippableFact]
    public async Task Service_stands_still_during_a_restore_and_its_undoing_and_is_back_after_them()
    {
        await Product.SaveSameAsync("good");
        await Product.EnableAsync(Every(3));
        await RunAsRkeAsync(Lab.Hosts[2]);
        string id = await IdAsync(Lab.Hosts[2]);
        await UntilAsync(Host, "a snapshot", () => Recurring(Host).Length > 0);
        ConcurrentBag<string> seen = [];

        await Product.RestoreAsync(new RestoreRequest
        {
            Name = "good",
            NoComponentRestart = true,
            Observer = (step, node) => seen.Add(step is RestoreStep.Stage or RestoreStep.Prove && node is null ? string.Join(',', Lab.Hosts.Select(host => StateAsync(host).GetAwaiter().GetResult())) : ""),
        });

        string[] states = [.. seen.Where(state => state.Length > 0)];
        Assert.InRange(states.Length, 2, 3);
        Assert.All(states, state => Assert.Equal($"{Stopped},{Stopped},{Stopped}", state));
        await AssertRunsAsync();
        Assert.Equal(id, await IdAsync(Lab.Hosts[2]));
        int count = Recurring(Host).Length;
        await UntilAsync(Host, "a snapshot of the restored cluster", () => Recurring(Host).Length > count);
        await AssertAllWholeAsync(Host);

        // Somebody stops it for good; an undoing is no reason to start it.
        await Product.DisableAsync(new ScheduleRequest(), Lab.Hosts[1].Name);
        await Product.UndoAsync(request: new RestoreRequest { Name = "", NoComponentRestart = true });
        Assert.Equal("", await StateAsync(Lab.Hosts[1]));
        Assert.Equal(Runs, await StateAsync(Host));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Service_is_back_after_the_call_that_follows_a_killed_client()
    {
        await Product.SaveSameAsync("good");
        await Product.EnableAsync(Every(3600));

        await DyingClient.StartAsync(Lab, "good", RestoreStep.Stage, afterFirst: true);
        Assert.Equal(Stopped, await StateAsync(Host));
        await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync()); // There is nothing to undo but this.
        await AssertRunsAsync();

        await DyingClient.StartAsync(Lab, "good", RestoreStep.Stage, afterFirst: false);
        string left = Assert.Single((await Product.RestoresAsync()).Select(outcome => outcome.Value!.Operation).Distinct());
        Assert.All(await Product.RemoveRestoresAsync(left), outcome => Assert.Equal(RestorePhase.Staging, outcome.Value?.Phase));
        Assert.Empty(await Product.RestoresAsync());
        await AssertRunsAsync();

        await DyingClient.StartAsync(Lab, "good", RestoreStep.Switch, afterFirst: true);
        Assert.Equal(Stopped, await StateAsync(Host));
        await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });
        await AssertRunsAsync();
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Service_stands_still_while_a_restore_is_undone_and_one_that_cannot_be_started_is_an_error_and_no_more()
    {
        await Product.SaveSameAsync("good");
        await Product.EnableAsync(Every(3600));
        await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });
        await AssertRunsAsync();
        string[] states = [];

        IReadOnlyList<RestoreResult> results = await Product.UndoAsync(request: new RestoreRequest
        {
            Name = "",
            NoComponentRestart = true,
            Observer = (step, node) =>
            {
                if (step == RestoreStep.BackProve && node is null)
                {
                    states = [.. Lab.Hosts.Select(host => StateAsync(host).GetAwaiter().GetResult())];
                    Lab.Hosts[1].DockerAsync("rm", "--force", ScheduleContainer.Name).GetAwaiter().GetResult().OrThrow();
                    Lab.Hosts[1].DockerAsync("create", "--name", ScheduleContainer.Name, "--entrypoint", "/no/such/program", "rancher/rke-tools:lab").GetAwaiter().GetResult().OrThrow();
                }
            },
        });

        Assert.Equal([Stopped, Stopped, Stopped], states);
        Assert.Equal([RestorePhase.Undone, RestorePhase.Undone, RestorePhase.Undone], results.Select(result => result.Phase));
        Assert.Equal("node2", Assert.Single(Product.Story.OfType<HostFailure>()).Node);
        Assert.Equal(Runs, await StateAsync(Host));
        Assert.DoesNotContain(await Product.RestoresAsync(), outcome => outcome.Value?.Unfinished != false);
        (await Lab.Hosts[1].DockerAsync("rm", ScheduleContainer.Name)).OrThrow();
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    private static async Task RunAsRkeAsync(LabHost host)
    {
        (await host.DockerAsync("rm", "--force", ScheduleContainer.Name)).OrThrow();
        (await host.DockerAsync(
            "run", "-d", "--name", ScheduleContainer.Name, "--restart", "always", "--entrypoint", "sh", "rancher/rke-tools:lab",
            "-c", "trap 'exit 0' TERM; sleep 3600 & wait", "/opt/rke/rke-etcd-backup", "rolling-backup", "--creation=5m0s", "--retention=24h")).OrThrow();
    }

    private async Task AssertRunsAsync()
    {
        foreach (LabHost host in Lab.Hosts)
        {
            Assert.Equal(Runs, await StateAsync(host));
        }
    }

    private static async Task<string> StateAsync(LabHost host)
        => (await host.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}", ScheduleContainer.Name)).StandardOutput.Trim();

    private static Task<string> IdAsync(LabHost host) => InspectAsync(host, "{{.Id}}");
}
