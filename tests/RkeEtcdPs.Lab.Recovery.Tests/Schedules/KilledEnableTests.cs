using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>The client is killed with SIGKILL while one service takes the place of another; the next one finishes it.</summary>
/// <remarks>A few steps in every run; all of them with ETCDSNAPSHOT_LONG_TESTS=1.</remarks>
public sealed class KilledEnableTests(LabFixture fixture) : ScheduleTest(fixture)
{
    private static ScheduleStep[] Steps => IsLong
        ? Enum.GetValues<ScheduleStep>()
        : [ScheduleStep.Created, ScheduleStep.Aside, ScheduleStep.Named];

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Killed_replacement_is_finished_by_the_next_one_which_says_when_none_ran()
    {
        await EnableAsync(Every(3600));
        int creation = 3600;
        foreach (ScheduleStep step in Steps)
        {
            await DyingEnable.StartAsync(Lab, Host.Name, ++creation, step);
            bool ran = (await RunningAsync()).Length > 0;
            Assert.Equal(step is ScheduleStep.Created or ScheduleStep.Held or ScheduleStep.Started, ran);
            Product product = new(Lab);

            EtcdSnapshotSchedule finished = Assert.Single(await product.EnableAsync(Every(++creation, 86_400), Host.Name)).Value!;

            Assert.True(finished is { Running: true } && finished.Creation == TimeSpan.FromSeconds(creation));
            Assert.Equal([ScheduleContainer.Name], await RunningAsync());
            Assert.Equal("always", await InspectAsync(Host, "{{.HostConfig.RestartPolicy.Name}}"));
            if (!ran)
            {
                Assert.Contains(product.Story.OfType<HostWarning>(), warning => warning.Message.Contains("none ran since", StringComparison.Ordinal));
            }
        }

        Assert.Equal(ScheduleContainer.Name, (await Host.DockerAsync("ps", "-a", "--filter", $"name={ScheduleContainer.Name}", "--format", "{{.Names}}")).StandardOutput.Trim());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Service_that_would_be_gone_after_a_reboot_is_not_told_as_healthy()
    {
        await EnableAsync(Every(3600));
        Assert.True(await LookAsync() is { RestartsByItself: true, BeingReplaced: false });
        await UntilAsync(Host, "a snapshot", () => Recurring(Host).Length == 1);
        Assert.Equal(NodeCheckSeverity.OK, (await CheckAsync()).Severity);

        await DyingEnable.StartAsync(Lab, Host.Name, 3601, ScheduleStep.Held);

        Product product = new(Lab);
        EtcdSnapshotSchedule seen = Assert.Single(await product.SchedulesAsync(Host.Name)).Value!;
        Assert.True(seen is { Running: true, RestartsByItself: false, BeingReplaced: true });
        Assert.Contains(product.Story.OfType<HostWarning>(), warning => warning.Node == Host.Name && warning.Message.Contains("cut off", StringComparison.Ordinal));
        NodeCheck cutOff = await CheckAsync();
        Assert.Equal(NodeCheckSeverity.Warning, cutOff.Severity);
        Assert.Contains("cut off", cutOff.Finding, StringComparison.Ordinal);

        (await Host.DockerAsync("rm", ScheduleContainer.NextName)).OrThrow();
        NodeCheck held = await CheckAsync();
        Assert.Equal(NodeCheckSeverity.Warning, held.Severity);
        Assert.Contains("does not come back by itself", held.Finding, StringComparison.Ordinal);

        await EnableAsync(Every(3600));
        Assert.Equal(NodeCheckSeverity.OK, (await CheckAsync()).Severity);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Killed_replacement_leaves_no_more_than_one_host_without_a_service()
    {
        Assert.All(await Product.EnableAsync(Every(3600)), outcome => Assert.Null(outcome.Failure));

        await DyingEnable.StartAsync(Lab, DyingEnable.AllNodes, 3601, ScheduleStep.Aside);

        Assert.Single(await Product.SchedulesAsync(), outcome => outcome.Value is { Running: false, BeingReplaced: true });
        Assert.All(await Product.EnableAsync(Every(3602, 86_400)), outcome => Assert.True(outcome.Value is { Running: true, BeingReplaced: false }, $"{outcome.Failure}"));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Replacement_whose_return_fails_too_says_that_none_may_run()
    {
        await EnableAsync(Every(3600));
        ScheduleRequest failing = Every(3601, 86_400) with
        {
            Observer = step =>
            {
                if (step == ScheduleStep.Stopped)
                {
                    Host.KillDockerdAsync().Wait();
                }
            },
        };
        try
        {
            Assert.Contains("may stand still there", Assert.Single(await Product.EnableAsync(failing, Host.Name)).Failure!.Message, StringComparison.Ordinal);
        }
        finally
        {
            await Host.StartDockerdAsync();
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Replacement_that_fails_after_a_killed_one_brings_the_old_service_back()
    {
        await EnableAsync(Every(3600));
        string id = await InspectAsync(Host, "{{.Id}}");
        await DyingEnable.StartAsync(Lab, Host.Name, 3601, ScheduleStep.Aside);
        Assert.Empty(await RunningAsync());

        ScheduleRequest failing = Every(3602, 86_400) with { Observer = step => _ = step == ScheduleStep.Named ? throw new ScheduleInvalidException("the engine refused") : step };
        Assert.IsType<ScheduleInvalidException>(Assert.Single(await Product.EnableAsync(failing, Host.Name)).Failure);

        Assert.Equal([ScheduleContainer.Name], await RunningAsync());
        Assert.Equal($"{id} always", await InspectAsync(Host, "{{.Id}} {{.HostConfig.RestartPolicy.Name}}"));
    }

    /// <summary>What the test of the node finds of the service.</summary>
    private async Task<NodeCheck> CheckAsync()
    {
        List<NodeCheck> checks = [];
        await foreach (NodeCheck check in new NodeTest(Product.Options, TimeProvider.System, Product).RunAsync(Product.Nodes(Host.Name), new NodeTestRequest()))
        {
            checks.Add(check);
        }

        return Assert.Single(checks, check => check.Check == NodeCheckPoint.Schedule);
    }

    private async Task<string[]> RunningAsync()
        => (await Host.DockerAsync("ps", "--filter", $"name={ScheduleContainer.Name}", "--format", "{{.Names}}")).OrThrow().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
