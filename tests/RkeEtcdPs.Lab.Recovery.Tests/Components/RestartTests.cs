using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Components;

public sealed class RestartTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Everything_restarts_on_every_host_tier_by_tier_and_nothing_else_does()
    {
        await Task.WhenAll(Lab.Hosts.Select(ComponentHosts.AddPodsAsync));
        Dictionary<string, DateTime>[] before = await Task.WhenAll(Lab.Hosts.Select(ComponentHosts.StartTimesAsync));

        ComponentRestart[] restarts = await RestartAsync(new ComponentRestartRequest());

        Dictionary<string, DateTime>[] after = await Task.WhenAll(Lab.Hosts.Select(ComponentHosts.StartTimesAsync));
        string[] network = [ComponentHosts.NameOf("calico-node", "canal"), ComponentHosts.NameOf("kube-flannel", "canal")];
        Assert.All(before.Zip(after), host => Assert.Equal(
            [.. ComponentHosts.ControlPlane.Concat(network).Order(StringComparer.Ordinal)],
            host.Second.Where(container => container.Value != host.First[container.Key]).Select(container => container.Key).Order(StringComparer.Ordinal)));
        Assert.Equal(Lab.Hosts.Count * 7, restarts.Length);
        Assert.All(restarts, restart => Assert.True(restart is { Before: ComponentState.Running, After: ComponentState.Running, Duration.Ticks: > 0 }, $"{restart}"));
        Assert.All(restarts.Where(restart => restart.Pod is null), restart => Assert.Equal(
            after[Lab.Hosts.ToList().FindIndex(host => host.Name == restart.Node)][restart.Component], restart.StartedAt));
        foreach ((ComponentTier first, ComponentTier next) in new[]
                 {
                     (ComponentTier.ApiServer, ComponentTier.ControlPlane), (ComponentTier.ControlPlane, ComponentTier.Node), (ComponentTier.Node, ComponentTier.Network),
                 })
        {
            Assert.True(Times(restarts, first).Max() < Times(restarts, next).Min(), $"{next} began before {first} was done");
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Addons_restart_when_asked_for()
    {
        LabHost host = Lab.Hosts[0];
        await ComponentHosts.AddPodsAsync(host);
        Dictionary<string, DateTime> before = await ComponentHosts.StartTimesAsync(host);

        ComponentRestart[] restarts = await RestartAsync(new ComponentRestartRequest { Components = ["kube-proxy"], IncludeAddons = true }, host.Name);

        Assert.Equal(["kube-proxy", "coredns"], restarts.Select(restart => restart.Component));
        Assert.Equal("coredns-x7k2p", restarts[1].Pod);
        Dictionary<string, DateTime> after = await ComponentHosts.StartTimesAsync(host);
        Assert.Equal(
            [ComponentHosts.NameOf("coredns", "coredns"), "kube-proxy"],
            after.Where(container => container.Value != before[container.Key]).Select(container => container.Key).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Absent_component_is_said_and_a_stopped_one_is_started()
    {
        LabHost host = Lab.Hosts[0];
        (await host.DockerAsync("rm", "--force", "kube-scheduler")).OrThrow();
        (await host.DockerAsync("stop", "kube-apiserver")).OrThrow();
        (await host.DockerAsync("pause", "kubelet")).OrThrow();

        ComponentRestart[] restarts = await RestartAsync(new ComponentRestartRequest(), host.Name);

        Assert.Equal(["Network kube-scheduler"], [string.Join(' ', restarts.Where(restart => restart.After == ComponentState.Absent).Select(restart => restart.Component).Order(StringComparer.Ordinal))]);
        Assert.All(restarts.Where(restart => restart.After == ComponentState.Absent), restart => Assert.True(restart is { Id: null, StartedAt: null, Duration: null }));
        ComponentRestart server = Assert.Single(restarts, restart => restart.Component == "kube-apiserver");
        Assert.Equal((ComponentState.Stopped, ComponentState.Running), (server.Before, server.After));
        Assert.True(await ComponentHosts.RunsAsync(host, "kube-apiserver"));
        Assert.Equal("running", (await host.DockerAsync("inspect", "--format", "{{.State.Status}}", "kubelet")).StandardOutput.Trim());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_is_down_is_an_error_and_the_others_finish()
    {
        await Lab.Hosts[1].KillSshdAsync();

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(new ComponentRestartRequest());

        Outcome<ComponentRestart> failed = Assert.Single(outcomes, outcome => outcome.Failure is not null);
        Assert.IsType<NodeUnreachableException>(failed.Failure);
        Assert.Equal(Lab.Hosts[1].Name, failed.Node.Name);
        Assert.Equal(12, outcomes.Count(outcome => outcome.Value is not null));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Component_that_keeps_ending_is_a_failure_and_the_others_of_its_host_go_on()
    {
        LabHost host = Lab.Hosts[0];
        await ComponentHosts.ReplaceAsync(host, "kube-controller-manager", "--entrypoint", "sh", "rancher/hyperkube:lab", "-c", "sleep 0.2; exit 3");

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(new ComponentRestartRequest(), host.Name);

        ComponentUnhealthyException failure = Assert.IsType<ComponentUnhealthyException>(Assert.Single(outcomes, outcome => outcome.Failure is not null).Failure);
        Assert.Equal("kube-controller-manager", failure.Component);
        Assert.Contains("exit code 3", failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["kube-apiserver", "kube-proxy", "kube-scheduler", "kubelet"],
            outcomes.Where(outcome => outcome.Value?.After == ComponentState.Running).Select(outcome => outcome.Value!.Component).Order(StringComparer.Ordinal));
    }

    private async Task<ComponentRestart[]> RestartAsync(ComponentRestartRequest request, params string[] nodes)
    {
        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(request, nodes);
        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        return [.. outcomes.Select(outcome => outcome.Value!)];
    }

    private static IEnumerable<DateTime> Times(IEnumerable<ComponentRestart> restarts, ComponentTier tier)
        => restarts.Where(restart => restart.Tier == tier).Select(restart => restart.StartedAt!.Value);
}
