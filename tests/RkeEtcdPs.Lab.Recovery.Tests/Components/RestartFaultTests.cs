using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Lab.Machine;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Components;

/// <summary>What happens in the middle of a restart: of a kubelet that takes its time to end.</summary>
public sealed class RestartFaultTests(LabFixture fixture) : ProductTest(fixture)
{
    private static readonly ComponentRestartRequest Kubelet = new() { Components = ["kubelet"], StopLimit = TimeSpan.FromSeconds(6) };

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Stopped_in_the_middle_the_component_is_started_again_and_nothing_is_left()
    {
        LabHost host = Lab.Hosts[0];
        DateTime before = await ReluctantKubeletAsync(host);
        using CancellationTokenSource stop = new();
        Task restart = Product.RestartAsync(Kubelet, [host.Name], stop.Token);
        await AskedToEndAsync(host);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);
        await AssertRunsAgainAsync(host, before);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_takes_longer_than_the_limit_is_an_error_and_its_component_is_started_again()
    {
        LabHost host = Lab.Hosts[0];
        DateTime before = await ReluctantKubeletAsync(host);

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(Kubelet with { StopLimit = TimeSpan.FromSeconds(13), Timeout = TimeSpan.FromSeconds(10) }, host.Name);

        Assert.IsType<TimedOutException>(Assert.Single(outcomes).Failure);
        await AssertRunsAgainAsync(host, before);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Engine_killed_in_the_middle_is_an_error_and_the_component_runs_when_the_engine_is_back()
    {
        LabHost host = Lab.Hosts[0];
        DateTime before = await ReluctantKubeletAsync(host);
        Task<Outcome<ComponentRestart>[]> restart = Product.RestartAsync(Kubelet, host.Name);
        await AskedToEndAsync(host);
        await host.KillDockerdAsync();

        Assert.IsType<DockerUnavailableException>(Assert.Single(await restart).Failure);

        await host.StartDockerdAsync();
        await Wait.UntilAsync("the kubelet to run", TimeSpan.FromSeconds(160), () => ComponentHosts.RunsAsync(host, "kubelet"));
        Assert.Null(Assert.Single(await Product.RestartAsync(Kubelet, host.Name)).Failure);
        await AssertRunsAgainAsync(host, before);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private static Task AskedToEndAsync(LabHost host)
        => Wait.UntilAsync("the kubelet to be asked to end", TimeSpan.FromSeconds(160), async () => (await host.DockerAsync("exec", "kubelet", "test", "-e", "/tmp/asked")).Succeeded);

    private static async Task<DateTime> ReluctantKubeletAsync(LabHost host)
    {
        await ComponentHosts.ReplaceAsync(host, "kubelet", "--entrypoint", "sh", "rancher/hyperkube:lab", "-c", "rm -f /tmp/asked; trap 'touch /tmp/asked' TERM; while :; do sleep 1; done");
        return (await ComponentHosts.StartTimesAsync(host))["kubelet"];
    }

    private static async Task AssertRunsAgainAsync(LabHost host, DateTime before)
    {
        Assert.True(await ComponentHosts.RunsAsync(host, "kubelet"));
        Assert.True((await ComponentHosts.StartTimesAsync(host))["kubelet"] > before);
    }
}
