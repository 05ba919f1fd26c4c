using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>The client is killed with SIGKILL at the boundaries of the steps; one more command then finishes, and no data is lost.</summary>
/// <remarks>A few in every run; all of them with ETCDSNAPSHOT_LONG_TESTS=1.</remarks>
public sealed class KilledClientTests(LabFixture fixture) : ProductTest(fixture)
{
    private static readonly (RestoreStep Step, bool AfterFirst)[] Few =
    [
        (RestoreStep.Switch, true),
    ];

    private static readonly bool[] Boundaries = [false, true];

    // Those of new hosts are tried there.
    private static IEnumerable<(RestoreStep Step, bool AfterFirst)> All
        => from step in Enum.GetValues<RestoreStep>() where step is not (RestoreStep.Distribute or RestoreStep.Supply or RestoreStep.Certify or RestoreStep.BackCertificates) from after in Boundaries where !(after && IsOfAll(step)) select (step, after);

    // Of all hosts at once: there is no first one that has done it.
    private static bool IsOfAll(RestoreStep step) => step is RestoreStep.RestartComponents or RestoreStep.BackRestartComponents;

    [SkippableFact]
    public async Task Killed_restore_is_finished_by_running_it_again()
    {
        await PrepareSnapshotAsync();
        foreach ((RestoreStep step, bool afterFirst) in IsLong ? All.Where(one => one.Step < RestoreStep.BackTake) : Few)
        {
            await Keys.WriteAsync(Lab.Hosts[0], $"old-{step}-{afterFirst}", 1);
            await DyingClient.StartAsync(Lab, "good", step, afterFirst);

            await Product.RestoreAsync("good");

            await AssertHoldsAsync(_snapshot, $"{step} {afterFirst}, then restored");
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Killed_restore_is_undone_by_undo()
    {
        await PrepareSnapshotAsync();
        foreach ((RestoreStep step, bool afterFirst) in (IsLong ? All : Few).Where(one => one.Step is >= RestoreStep.MarkSwitching and < RestoreStep.BackTake))
        {
            if (step == RestoreStep.MarkSwitching && !afterFirst)
            {
                continue; // Nothing has begun, so there is nothing to undo.
            }

            await Keys.WriteAsync(Lab.Hosts[0], $"old-{step}-{afterFirst}", 1);
            string old = await Keys.ReadAsync(Lab.Hosts[0]);
            await DyingClient.StartAsync(Lab, "good", step, afterFirst);

            IReadOnlyList<RestoreResult> results = await Product.UndoAsync();

            await AssertHoldsAsync(old, $"{step} {afterFirst}, then undone");
            Assert.All(results, result => Assert.Equal("good", result.Snapshot));
            Assert.All(results.Where(_ => step < RestoreStep.StopEtcd), result => Assert.Equal(TimeSpan.Zero, result.Outage));
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Killed_undo_is_finished_by_running_it_again()
    {
        await PrepareSnapshotAsync();
        foreach ((RestoreStep step, bool afterFirst) in IsLong ? All.Where(one => one.Step >= RestoreStep.BackTake) : [(RestoreStep.Back, true)])
        {
            await Keys.WriteAsync(Lab.Hosts[0], $"old-{step}-{afterFirst}", 1);
            string old = await Keys.ReadAsync(Lab.Hosts[0]);
            await Product.RestoreAsync("good");
            await DyingClient.StartAsync(Lab, null, step, afterFirst);

            await Product.UndoAsync();

            await AssertHoldsAsync(old, $"{step} {afterFirst} of the undoing, then undone");
        }
    }

    private string _snapshot = "";

    private async Task PrepareSnapshotAsync()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        _snapshot = await Keys.ReadAsync(Lab.Hosts[0]);
    }

    private async Task AssertHoldsAsync(string expected, string what)
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            string held = await Keys.ReadAsync(host);
            Assert.True(expected == held, $"{what}: {host.Name} holds\n{held}\nand should hold\n{expected}");
            string state = (await host.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}", "etcd", "kube-apiserver")).OrThrow().StandardOutput.Trim();
            Assert.True(state == "always true\nalways true", $"{what}: {host.Name} is {state}");
        }

        Assert.DoesNotContain(await Product.RestoresAsync(), outcome => outcome.Value?.Unfinished != false || outcome.Value.Phase == RestorePhase.Staging);
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }
}
