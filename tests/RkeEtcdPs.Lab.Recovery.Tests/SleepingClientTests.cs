using RkeEtcdPs.Engine.Hosts;
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

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Client_that_wakes_up_between_hold_and_stop_stops_nothing()
    {
        (string written, string[] started) = await SleepAsync(RestoreStep.HoldEtcd);

        await AssertHoldsAsync(written);
        Assert.Equal(started, await StartedAsync());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Stop_that_an_engine_is_given_too_late_is_taken_back()
    {
        (string written, _) = await SleepAsync(RestoreStep.StopEtcd, async () =>
        {
            (string Written, string[] Started) finished = await FinishAsync();
            foreach (LabHost host in Lab.EtcdHosts)
            {
                // On its way while the client was already asleep.
                (await host.DockerAsync("update", "--restart=no", "etcd")).OrThrow();
                (await host.DockerAsync("stop", "--time", "2", "etcd")).OrThrow();
            }

            return finished;
        });

        await AssertHoldsAsync(written);
        Assert.All(await StartedAsync(), state => Assert.DoesNotContain("no", state, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Speed", "Long")]
    public async Task Client_that_wakes_up_after_an_undoing_leaves_the_old_cluster_running(bool proved)
    {
        string[] started = [];
        string old = "";

        RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => RestoreAsync(RestoreStep.StopEtcd, async () =>
        {
            await (proved ? FinishAsync() : DropLocksAsync());
            Assert.Equal(3, (await new Product(Lab).UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true })).Count);
            await Keys.WriteAsync(Lab.Hosts[0], "written-since", 1);
            (old, started) = (await Keys.ReadAsync(Lab.Hosts[0]), await StartedAsync());
        }));

        Assert.Contains("Another client has undone it meanwhile", failure.Message, StringComparison.Ordinal);
        Assert.Equal(started, await StartedAsync());
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal(old, await Keys.ReadAsync(host));
        }

        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Undoing_that_slept_at_its_question_changes_nothing_that_another_has_finished()
    {
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => RestoreAsync(RestoreStep.StopEtcd, () => throw new IOException("as if the client ended here"), noRollback: true));
        (string Written, string[] Started) finished = ("", []);
        RestoreUndo undo = new(Product.Options, Product);

        await Assert.ThrowsAsync<LockLostException>(async () =>
        {
            await foreach (Outcome<RestoreResult> _ in undo.RunAsync(Product.Cluster, null, new RestoreRequest { Name = "", NoComponentRestart = true }, async _ =>
            {
                finished = await FinishAsync();
                return true;
            }))
            {
            }
        });

        await AssertHoldsAsync(finished.Written);
        Assert.Equal(finished.Started, await StartedAsync());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Client_that_wakes_up_after_its_proof_does_not_call_done_what_another_has_undone()
    {
        string old = "";

        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => RestoreAsync(RestoreStep.StartApiServers, async () =>
        {
            await DropLocksAsync();
            await new Product(Lab).UndoAsync();
            old = await Keys.ReadAsync(Lab.Hosts[0]);
        }));

        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(RestorePhase.Undone, outcome.Value!.Phase));
        Assert.Equal(old, await Keys.ReadAsync(Lab.Hosts[1]));
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    /// <summary>A restore that sleeps when all hosts have done a step.</summary>
    private async Task<(string Written, string[] Started)> SleepAsync(RestoreStep at, Func<Task<(string Written, string[] Started)>>? meanwhile = null)
    {
        (string Written, string[] Started)? other = null;

        RestoreTakenOverException failure = await Assert.ThrowsAsync<RestoreTakenOverException>(() => RestoreAsync(at, async () => other = await (meanwhile ?? FinishAsync)()));

        Assert.Contains("Another client has gone on with the restore", failure.Message, StringComparison.Ordinal);
        Assert.Contains("finished it", failure.Message, StringComparison.Ordinal);
        Assert.Contains("shows it as done", failure.Advice, StringComparison.Ordinal);
        return other!.Value;
    }

    private async Task RestoreAsync(RestoreStep at, Func<Task> meanwhile, bool noRollback = false)
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        int left = Lab.EtcdHosts.Count;
        await Product.RestoreAsync(new RestoreRequest
        {
            Name = "good",
            NoComponentRestart = true,
            NoRollback = noRollback,
            Observer = (step, node) =>
            {
                if (step == at && node is not null && Interlocked.Decrement(ref left) == 0)
                {
                    meanwhile().GetAwaiter().GetResult();
                }
            },
        });
    }

    private async Task DropLocksAsync()
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            // What a lease comes to that nobody renews, without the wait for it.
            string ours = (await host.DockerAsync("ps", "--all", "--quiet", "--filter", "label=io.etcdsnapshot.lease=yes")).OrThrow().StandardOutput;
            (await host.DockerAsync(["rm", "--force", .. ours.Split('\n', StringSplitOptions.RemoveEmptyEntries)])).OrThrow();
        }
    }

    private async Task<(string Written, string[] Started)> FinishAsync()
    {
        await DropLocksAsync();
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
            await host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
            Assert.Equal(expected, await Keys.ReadAsync(host));
        }

        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(RestorePhase.Done, outcome.Value!.Phase));
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }
}
