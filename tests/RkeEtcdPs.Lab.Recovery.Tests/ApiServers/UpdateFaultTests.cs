using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.ApiServers;

/// <summary>Updates that fail half way, and clients that are killed there.</summary>
/// <remarks>A few steps in every run; all of them, each also with a restart of the engine, with ETCDSNAPSHOT_LONG_TESTS=1.</remarks>
public sealed class UpdateFaultTests(LabFixture fixture) : ApiServerTest(fixture)
{
    private static readonly bool[] Either = [false, true];

    private static (ApiServerUpdateStep Step, bool RestartEngine)[] Deaths => Environment.GetEnvironmentVariable("ETCDSNAPSHOT_LONG_TESTS") == "1"
        ? [.. from step in Enum.GetValues<ApiServerUpdateStep>() from restart in Either select (step, restart)]
        : [(ApiServerUpdateStep.Stopped, true), (ApiServerUpdateStep.Held, false), (ApiServerUpdateStep.Started, true)];

    [SkippableFact]
    public async Task Api_server_that_does_not_come_up_is_put_back_and_those_after_it_are_not_touched()
    {
        await ServeOldAsync([.. Lab.Hosts]);
        string[] ids = await Task.WhenAll(Lab.Hosts.Select(host => InspectAsync(host, "{{.Id}}")));
        await File.WriteAllTextAsync(Lab.Hosts[1].PathOf("/etc/kubernetes/refused-servers"), string.Join(',', All) + "\n");

        Outcome<ApiServerUpdate>[] outcomes = await Product.UpdateAsync();

        Assert.Equal(Lab.Hosts.Select(host => host.Name), outcomes.Select(outcome => outcome.Node.Name));
        Assert.True(outcomes[0].Value is { Changed: true, State: ComponentState.Healthy });
        ApiServerRolledBackException failure = Assert.IsType<ApiServerRolledBackException>(outcomes[1].Failure);
        Assert.Contains("exit code 1", failure.Message, StringComparison.Ordinal);
        Assert.Contains("invalid argument", failure.Message, StringComparison.Ordinal);
        Assert.IsType<ApiServerUpdateStoppedException>(outcomes[2].Failure);
        Assert.Equal(ids[1..], (string[])[await InspectAsync(Lab.Hosts[1], "{{.Id}}"), await InspectAsync(Lab.Hosts[2], "{{.Id}}")]);
        Assert.Equal(All, await ServersOfAsync(Lab.Hosts[0]));
        foreach (LabHost host in Lab.Hosts)
        {
            await AssertWholeAsync(host);
            Assert.Equal("200 OK", await HealthAsync(host));
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Stopped_update_puts_the_old_api_server_back()
    {
        LabHost host = Lab.Hosts[0];
        await ServeOldAsync(host);
        string before = await DescriptionAsync(host) + await InspectAsync(host, "{{.Id}}");
        using CancellationTokenSource stop = new();
        ApiServerUpdateRequest request = new() { Observer = (step, _) => stop.CancelAfter(step == ApiServerUpdateStep.Started ? TimeSpan.Zero : Timeout.InfiniteTimeSpan) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Product.UpdateAsync(request, [host.Name], stop.Token));

        Assert.Equal(before, await DescriptionAsync(host) + await InspectAsync(host, "{{.Id}}"));
        await AssertWholeAsync(host);
        Assert.Contains(Product.Story, told => told is HostFarewell);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Restore_that_begins_between_two_api_servers_is_seen_and_the_second_is_not_touched()
    {
        await ServeOldAsync(Lab.Hosts[0], Lab.Hosts[1]);
        string before = await DescriptionAsync(Lab.Hosts[1]) + await InspectAsync(Lab.Hosts[1], "{{.Id}}");
        ApiServerUpdateRequest request = new()
        {
            NoComponentRestart = true,
            Observer = (step, node) =>
            {
                if (step == ApiServerUpdateStep.Proved && node == Lab.Hosts[0].Name)
                {
                    Lab.Hosts[2].DockerAsync("run", "--detach", "--name", "etcd-restore", "--entrypoint", "sleep", "rancher/rke-tools:lab", "60").GetAwaiter().GetResult().OrThrow();
                }
            },
        };

        Outcome<ApiServerUpdate>[] outcomes = await Product.UpdateAsync(request, [Lab.Hosts[0].Name, Lab.Hosts[1].Name]);

        (await Lab.Hosts[2].DockerAsync("rm", "--force", "etcd-restore")).OrThrow();
        Assert.True(outcomes[0].Value is { Changed: true });
        Assert.Equal("etcd-restore", Assert.IsType<OperationInProgressException>(outcomes[1].Failure).Container);
        Assert.Equal(before, await DescriptionAsync(Lab.Hosts[1]) + await InspectAsync(Lab.Hosts[1], "{{.Id}}"));
        await AssertWholeAsync(Lab.Hosts[1]);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Update_that_was_cut_off_is_put_back_also_when_no_etcd_answers()
    {
        LabHost host = Lab.Hosts[0];
        await ServeOldAsync(host);
        string before = await DescriptionAsync(host) + await InspectAsync(host, "{{.Id}}");
        await DyingUpdate.StartAsync(Lab, host.Name, ApiServerUpdateStep.Held);
        Product lost = new(Lab)
        {
            Cluster = Product.Cluster with { KubeApi = new KubeApiService { ExtraArgs = new Dictionary<string, string> { ["etcd-servers"] = $"https://{host.InternalAddress}:2999" } } },
        };

        Outcome<ApiServerUpdate> outcome = Assert.Single(await lost.UpdateAsync(host.Name));

        Assert.Contains("is a healthy etcd", Assert.IsType<ApiServerUpdateNotSafeException>(outcome.Failure).Message, StringComparison.Ordinal);
        Assert.Equal(before, await DescriptionAsync(host) + await InspectAsync(host, "{{.Id}}"));
        await AssertWholeAsync(host);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Killed_update_never_leaves_two_running_and_the_next_call_ends_it()
    {
        LabHost host = Lab.Hosts[0];
        foreach ((ApiServerUpdateStep step, bool restartEngine) in Deaths)
        {
            string what = $"{step}, engine restarted: {restartEngine}";
            await ServeOldAsync(host);

            await DyingUpdate.StartAsync(Lab, host.Name, step);
            if (restartEngine)
            {
                await host.KillDockerdAsync();
                await host.StartDockerdAsync();
            }

            // Where the client dies in the moment between stop and start, none runs until somebody goes on.
            int expected = step == ApiServerUpdateStep.Held || (step == ApiServerUpdateStep.Stopped && !restartEngine) ? 0 : 1;
            string[] running = await RunningAsync(host, expected);
            Assert.True(running.Length == expected, $"{what}: {string.Join(", ", running)}");
            if (step == ApiServerUpdateStep.Held)
            {
                Outcome<ComponentRestart> restart = Assert.Single(await Product.RestartAsync(new ComponentRestartRequest { Components = [ApiServer] }, host.Name));
                Assert.Contains("an update of it was cut off", Assert.IsType<ComponentUnhealthyException>(restart.Failure).Message, StringComparison.Ordinal);
                Assert.Equal(running, await NamesAsync(host, running: true));
            }

            ApiServerUpdate update = Assert.Single(await Product.UpdateAsync(host.Name)).Value!;

            Assert.True(update is { Changed: true, State: ComponentState.Healthy }, what);
            Assert.Equal([EndpointOf(host)], update.OldEndpoints);
            Assert.Equal(All, await ServersOfAsync(host));
            await AssertWholeAsync(host);
        }
    }

    /// <summary>What runs when an engine that starts anew has started all that it does; never more than were expected.</summary>
    private static async Task<string[]> RunningAsync(LabHost host, int expected)
    {
        string[] running = [];
        for (int i = 0; i < 40 && running.Length <= expected; i++)
        {
            running = await NamesAsync(host, running: true);
            if (i >= 4 && running.Length == expected)
            {
                break;
            }

            await Task.Delay(250);
        }

        return running;
    }

    private static async Task<string?> HealthAsync(LabHost host)
    {
        // The one that was put back reads etcd before it listens.
        string? health = null;
        for (int i = 0; i < 50 && health is null; i++)
        {
            health = await host.GetApiAsync("healthz");
            await Task.Delay(health is null ? 200 : 0);
        }

        return health;
    }
}
