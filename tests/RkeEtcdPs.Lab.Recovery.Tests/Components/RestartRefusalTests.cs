using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Components;

/// <summary>An API server is not restarted while the cluster's data is being replaced, or was left half way.</summary>
public sealed class RestartRefusalTests(LabFixture fixture) : ProductTest(fixture)
{
    private static readonly ComponentRestartRequest Kubelet = new() { Components = ["kubelet"] };

    [SkippableFact]
    public async Task Restore_at_work_on_a_host_that_is_not_chosen_leaves_all_api_servers_as_they_are()
    {
        (await Lab.Hosts[2].DockerAsync("run", "--detach", "--name", "etcd-restore", "--entrypoint", "sleep", "rancher/rke-tools:lab", "600")).OrThrow();
        Dictionary<string, DateTime>[] before = await StartTimesAsync();

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(new ComponentRestartRequest(), "node1", "node2");

        foreach (string node in (string[])["node1", "node2"])
        {
            ComponentRestartNotSafeException failure = Assert.Single(outcomes.Where(outcome => outcome.Node.Name == node).Select(outcome => outcome.Failure).OfType<ComponentRestartNotSafeException>());
            Assert.Contains("node3 is busy: the container etcd-restore", failure.Message, StringComparison.Ordinal);
            // Without this module's labels it is RKE's own, which Get-EtcdRestore knows nothing of.
            Assert.Contains("not made by this module", failure.Advice, StringComparison.Ordinal);
            Assert.DoesNotContain("kube-apiserver", Assert.Single(outcomes.Where(outcome => outcome.Node.Name == node).Select(outcome => outcome.Failure).OfType<ComponentRestartStoppedException>()).Components);
        }

        Assert.Equal(before, await StartTimesAsync());
        Assert.IsType<ComponentRestartNotSafeException>((await Product.RestartAsync(new ComponentRestartRequest { Rolling = true }, "node1"))[0].Failure);
        Assert.Equal(before, await StartTimesAsync());
        Assert.Null(Assert.Single(await Product.RestartAsync(Kubelet, "node3")).Failure);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Etcd_host_that_is_gone_keeps_no_cluster_from_its_components()
    {
        await Lab.Hosts[2].KillSshdAsync();

        Outcome<ComponentRestart> outcome = Assert.Single(await Product.RestartAsync(new ComponentRestartRequest { Components = ["kube-apiserver"] }, "node1"));

        Assert.Null(outcome.Failure);
        Assert.Single(Product.Story.OfType<HostWarning>(), warning => warning.Node == "node3" && warning.Message.Contains("is not known", StringComparison.Ordinal));
        await Lab.Hosts[2].StartSshdAsync();
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Restore_that_was_cut_off_before_its_proof_refuses_it_and_restarts_all_itself_when_it_goes_on()
    {
        await Product.SaveSameAsync("good");
        await DyingClient.StartAsync(Lab, "good", RestoreStep.StartEtcd, afterFirst: false);

        Outcome<ComponentRestart>[] outcomes = await Product.RestartAsync(new ComponentRestartRequest { Components = ["kube-apiserver"] });

        Assert.Equal(["node1", "node2", "node3"], outcomes.Select(outcome => outcome.Node.Name).Order());
        Assert.All(outcomes, outcome => Assert.Contains("Undo-EtcdRestore", Assert.IsType<ComponentRestartNotSafeException>(outcome.Failure).Advice, StringComparison.Ordinal));
        Assert.False(await ComponentHosts.RunsAsync(Lab.Hosts[0], "kube-apiserver"));

        await Product.RestoreAsync(new RestoreRequest { Name = "good" });

        Assert.Empty(Product.RestoreFailures);
        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(ComponentsAfter.Restarted, outcome.Value!.Components));
        Assert.True(await ComponentHosts.RunsAsync(Lab.Hosts[0], "kube-apiserver"));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Restore_restarts_all_also_where_etcd_never_had_a_restart_policy()
    {
        await Product.SaveSameAsync("good");
        (await Lab.Hosts[1].DockerAsync("update", "--restart=no", "etcd")).OrThrow();

        await Product.RestoreAsync(new RestoreRequest { Name = "good" });

        Assert.Empty(Product.RestoreFailures);
        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(ComponentsAfter.Restarted, outcome.Value!.Components));
    }

    private async Task<Dictionary<string, DateTime>[]> StartTimesAsync() => await Task.WhenAll(Lab.Hosts.Select(ComponentHosts.StartTimesAsync));
}
