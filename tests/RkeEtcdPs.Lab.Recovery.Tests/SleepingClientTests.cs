using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>A client that sleeps in the middle of a restore, as a closed laptop does, and wakes up when another one has finished it and the cluster has taken writes.</summary>
public sealed class SleepingClientTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Client_that_wakes_up_before_a_stop_leaves_the_finished_cluster_running()
    {
        (string written, string[] started) = await SleepAsync(RestoreStep.MarkSwitching);

        await AssertHoldsAsync(written);
        Assert.Equal(started, await StartedAsync());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Client_that_wakes_up_after_the_stop_does_not_roll_back_what_another_has_finished()
    {
        (string written, _) = await SleepAsync(RestoreStep.StopEtcd);

        await AssertHoldsAsync(written);
    }

    /// <summary>A restore that sleeps when all hosts have done a step.</summary>
    private async Task<(string Written, string[] Started)> SleepAsync(RestoreStep at)
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        int left = Lab.EtcdHosts.Count;
        (string Written, string[] Started)? other = null;
        RestoreRequest request = new()
        {
            Name = "good",
            NoComponentRestart = true,
            Observer = (step, node) =>
            {
                if (step == at && node is not null && Interlocked.Decrement(ref left) == 0)
                {
                    other = FinishAsync().GetAwaiter().GetResult();
                }
            },
        };

        RestoreUnfinishedException failure = await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.RestoreAsync(request));

        Assert.Contains("Another client", failure.Message, StringComparison.Ordinal);
        return other!.Value;
    }

    private async Task<(string Written, string[] Started)> FinishAsync()
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            // What a lease comes to that nobody renews, without the wait for it.
            string ours = (await host.DockerAsync("ps", "--all", "--quiet", "--filter", "label=io.etcdsnapshot.lease=yes")).OrThrow().StandardOutput;
            (await host.DockerAsync(["rm", "--force", .. ours.Split('\n', StringSplitOptions.RemoveEmptyEntries)])).OrThrow();
        }

        Product second = new(Lab);
        Assert.Equal(3, (await second.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true })).Count);
        await Keys.WriteAsync(Lab.Hosts[0], "written-since", 1);
        return (await Keys.ReadAsync(Lab.Hosts[0]), await StartedAsync());
    }

    private async Task<string[]> StartedAsync() => await Task.WhenAll(Lab.EtcdHosts.Select(async host
        => (await host.DockerAsync("inspect", "--format", "{{.State.StartedAt}} {{.HostConfig.RestartPolicy.Name}}", "etcd", "kube-apiserver")).OrThrow().StandardOutput));

    private async Task AssertHoldsAsync(string expected)
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            await host.WaitForEtcdAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(expected, await Keys.ReadAsync(host));
        }

        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(RestorePhase.Done, outcome.Value!.Phase));
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }
}
