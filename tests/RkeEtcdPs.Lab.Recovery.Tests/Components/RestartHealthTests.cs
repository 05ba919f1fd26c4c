using System.Diagnostics;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Components;

/// <summary>API servers that answer on their health URL, as they should or not.</summary>
public sealed class RestartHealthTests(LabFixture fixture) : ProductTest(fixture)
{
    private static readonly ComponentRestartRequest ApiServers = new() { Components = ["kube-apiserver"] };

    [SkippableTheory]
    [InlineData("200 OK")]
    [InlineData("401 Unauthorized")]
    public async Task Api_server_that_answers_is_healthy_as_soon_as_it_does(string status)
    {
        LabHost host = Lab.Hosts[0];
        await ComponentHosts.ServeHealthAsync(host, status, startSeconds: 4);

        ComponentRestart restart = Assert.Single(await Product.RestartAsync(ApiServers, host.Name)).Value!;

        Assert.Equal(ComponentState.Healthy, restart.After);
        Assert.InRange(restart.Duration!.Value.TotalSeconds, 4, 120);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task When_no_api_server_comes_back_the_rest_of_the_cluster_is_left_as_it_is()
    {
        LabHost host = Lab.Hosts[0];
        await ComponentHosts.ServeHealthAsync(host, "500 Internal Server Error");
        Dictionary<string, DateTime> before = await ComponentHosts.StartTimesAsync(host);

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(new ComponentRestartRequest { HealthLimit = TimeSpan.FromSeconds(10) }, host.Name);

        ComponentUnhealthyException unhealthy = Assert.IsType<ComponentUnhealthyException>(outcomes[0].Failure);
        Assert.Contains("gives 500", unhealthy.Message, StringComparison.Ordinal);
        ComponentRestartStoppedException stopped = Assert.IsType<ComponentRestartStoppedException>(outcomes[1].Failure);
        Assert.Equal(["kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "Network"], stopped.Components);
        Assert.Equal(2, outcomes.Length);
        Dictionary<string, DateTime> after = await ComponentHosts.StartTimesAsync(host);
        Assert.Equal(["kube-apiserver"], after.Where(container => container.Value != before[container.Key]).Select(container => container.Key));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Rolling_takes_the_next_api_server_only_when_the_one_before_is_healthy()
    {
        await Task.WhenAll(Lab.Hosts.Select(host => ComponentHosts.ServeHealthAsync(host, "200 OK", startSeconds: 1)));

        ComponentRestart[] restarts = [.. (await Product.RestartAsync(ApiServers with { Rolling = true })).Select(outcome => outcome.Value!)];

        Assert.Equal(Lab.Hosts.Select(host => host.Name), restarts.Select(restart => restart.Node));
        Assert.All(restarts, restart => Assert.Equal(ComponentState.Healthy, restart.After));
        // It starts to serve a second after its start; the next is asked to restart only after that.
        Assert.All(restarts.Zip(restarts.Skip(1)), pair => Assert.True(pair.Second.StartedAt - pair.First.StartedAt > TimeSpan.FromSeconds(1)));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Rolling_stops_at_the_first_that_is_not_healthy()
    {
        await ComponentHosts.ServeHealthAsync(Lab.Hosts[0], "200 OK");
        await ComponentHosts.ServeHealthAsync(Lab.Hosts[1], "503 Service Unavailable");
        Dictionary<string, DateTime> before = await ComponentHosts.StartTimesAsync(Lab.Hosts[2]);

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(ApiServers with { Rolling = true, HealthLimit = TimeSpan.FromSeconds(20) });

        Assert.Equal(ComponentState.Healthy, outcomes[0].Value?.After);
        Assert.IsType<ComponentUnhealthyException>(outcomes[1].Failure);
        Assert.IsType<ComponentRestartStoppedException>(outcomes[2].Failure);
        Assert.Equal(Lab.Hosts[2].Name, outcomes[2].Node.Name);
        Assert.Equal(before["kube-apiserver"], (await ComponentHosts.StartTimesAsync(Lab.Hosts[2]))["kube-apiserver"]);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_nobody_serves_is_not_waited_for()
    {
        Stopwatch clock = Stopwatch.StartNew();

        ComponentRestart restart = Assert.Single(await Product.RestartAsync(ApiServers, Lab.Hosts[0].Name)).Value!;

        Assert.Equal(ComponentState.Running, restart.After);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 30);
    }
}
