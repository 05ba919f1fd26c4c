using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>What follows a restore that succeeded: the components, whose restart takes nothing from it.</summary>
public sealed class AfterwardsTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Restart_of_the_components_that_was_cut_off_is_said_and_finished()
    {
        string old = await PrepareAsync();
        await DyingClient.StartAsync(Lab, "good", RestoreStep.RestartComponents, afterFirst: false);

        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal((RestorePhase.Done, ComponentsAfter.Pending), (outcome.Value!.Phase!.Value, outcome.Value.Components)));
        RestorePlan plan = await new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" });
        Assert.Contains(plan.Findings, finding => finding is { Severity: RestoreFindingSeverity.Warning } && finding.Advice.Contains("Restart-KubeComponent", StringComparison.Ordinal));
        Assert.True(plan.Ready);
        Assert.Null(plan.Resumes);

        await DyingClient.StartAsync(Lab, null, RestoreStep.BackRestartComponents, afterFirst: false);
        string started = await StartedAsync();
        IReadOnlyList<RestoreResult> results = await Product.UndoAsync(request: new RestoreRequest { Name = "" });

        Assert.Equal([RestorePhase.Undone, RestorePhase.Undone, RestorePhase.Undone], results.Select(result => result.Phase));
        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(ComponentsAfter.Restarted, outcome.Value!.Components));
        Assert.NotEqual(started, await StartedAsync());
        Assert.Equal(old, await Keys.ReadAsync(Lab.Hosts[0]));
        await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync());
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Components_that_cannot_be_restarted_are_errors_of_their_host_and_the_results_are_given()
    {
        await PrepareAsync();
        Product product = new(Lab) { Options = new HostOptions { SshConfigPath = Lab.Folder.SshConfig, ConnectTimeout = TimeSpan.FromSeconds(10), KeepAliveInterval = TimeSpan.FromSeconds(3) } };

        IReadOnlyList<RestoreResult> results = await product.RestoreAsync(new RestoreRequest
        {
            Name = "good",
            Observer = (step, node) =>
            {
                if (step == RestoreStep.RestartComponents)
                {
                    Lab.Hosts[2].KillSshdAsync().GetAwaiter().GetResult();
                }
            },
        });

        Assert.Equal([RestorePhase.Done, RestorePhase.Done, RestorePhase.Done], results.Select(result => result.Phase));
        Assert.All(results, result => Assert.NotNull(result.KeptDataPath));
        Assert.Contains(product.RestoreFailures, outcome => outcome.Node.Name == "node3" && outcome.Failure!.Id == "NodeUnreachable");
        await Lab.Hosts[2].StartSshdAsync();
        Assert.Equal(ComponentsAfter.Failed, (await Product.RestoresAsync())[0].Value!.Components);
    }

    private async Task<string> PrepareAsync()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        await Keys.WriteAsync(Lab.Hosts[1], "after");
        return await Keys.ReadAsync(Lab.Hosts[0]);
    }

    private async Task<string> StartedAsync() => (await Lab.Hosts[1].DockerAsync("inspect", "--format", "{{.State.StartedAt}}", "kubelet")).OrThrow().StandardOutput;
}
