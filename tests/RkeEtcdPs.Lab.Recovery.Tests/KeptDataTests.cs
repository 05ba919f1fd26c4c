using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>The data that restores keep: it goes only when nobody can need it, and is put back whole or not at all.</summary>
public sealed class KeptDataTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Kept_data_stays_as_long_as_one_host_has_not_finished_the_restore()
    {
        string old = await PrepareAsync();
        await DyingClient.StartAsync(Lab, "good", RestoreStep.MarkDone, afterFirst: false);
        string operation = (await Product.RestoresAsync())[0].Value!.Operation;
        // As if it had died when two of the hosts had noted the end.
        foreach (LabHost host in Lab.Hosts.Take(2))
        {
            string record = host.PathOf($"/var/lib/etcd/.etcdsnapshot/{operation}/record");
            await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record)).Replace("phase=switching", "phase=done", StringComparison.Ordinal));
        }

        Outcome<EtcdRestore>[] refused = await Product.RemoveRestoresAsync(operation);

        Assert.Equal(3, refused.Length);
        Assert.All(refused, outcome => Assert.IsType<RestoreNotSafeException>(outcome.Failure));
        Assert.All(await Product.RestoresAsync(), outcome => Assert.NotNull(outcome.Value!.KeptDataSize));
        await Product.UndoAsync();
        await AssertHoldsAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Kept_data_stays_where_a_host_of_the_restore_cannot_be_asked()
    {
        await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        await Lab.Hosts[2].KillSshdAsync();

        Outcome<EtcdRestore>[] outcomes = await Product.RemoveRestoresAsync(operation);

        Assert.Equal(["NodeUnreachable", "RestoreNotSafe", "RestoreNotSafe"], outcomes.Select(outcome => outcome.Failure?.Id).Order());
        Assert.All(Lab.EtcdHosts, host => Assert.True(Directory.Exists(KeptOn(host, operation))));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Kept_data_that_was_dropped_half_way_is_not_put_back_and_can_be_dropped_again()
    {
        await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        string restored = await Keys.ReadAsync(Lab.Hosts[0]);
        // What is mounted cannot be removed: the removal ends half way, with a part of the data gone.
        string wal = $"/var/lib/etcd/.etcdsnapshot/{operation}/kept/member/wal";
        (await Lab.Hosts[1].RunAsync("mount", "--bind", wal, wal)).OrThrow();

        Outcome<EtcdRestore>[] dropped = await Product.RemoveRestoresAsync(operation);

        Assert.Equal("node2", Assert.Single(dropped, outcome => outcome.Failure is not null).Node.Name);
        await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync(operation));
        await AssertHoldsAsync(restored);
        (await Lab.Hosts[1].RunAsync("umount", wal.Replace("/kept/", "/dropped-kept/", StringComparison.Ordinal))).OrThrow();
        Assert.All(await Product.RemoveRestoresAsync(operation), outcome => Assert.Null(outcome.Failure));
        Assert.Empty(await Product.RestoresAsync());
        Assert.All(Lab.EtcdHosts, host => Assert.False(Directory.Exists(host.PathOf("/var/lib/etcd/.etcdsnapshot"))));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Undo_is_refused_when_a_host_knows_nothing_or_nothing_sound_of_the_restore_that_others_keep_data_of()
    {
        await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        string restored = await Keys.ReadAsync(Lab.Hosts[0]);
        string record = Lab.Hosts[1].PathOf($"/var/lib/etcd/.etcdsnapshot/{operation}/record");
        string[] lines = await File.ReadAllLinesAsync(record);
        foreach (string[] damaged in (string[][])[[], lines[..(lines.Length / 2)], [.. lines.Where(line => !line.StartsWith("phase=", StringComparison.Ordinal)), "phase=99"]])
        {
            await File.WriteAllLinesAsync(record, damaged);
            RestoreNotSafeException refused = await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync(operation));
            Assert.Contains("on node2 is lost or damaged", refused.Message);
            Assert.Contains($"{operation}/record from node1", refused.Advice);
            await AssertHoldsAsync(restored);
        }

        Directory.Delete(Lab.Hosts[1].PathOf("/var/lib/etcd/.etcdsnapshot"), recursive: true);

        RestoreNotSafeException failure = await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync(operation));

        Assert.Contains("node2", failure.Message);
        await AssertHoldsAsync(restored);
        Assert.Equal(2, (await Product.RestoresAsync()).Count(outcome => outcome.Value is { Phase: RestorePhase.Done, KeptDataSize: not null }));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Undo_that_loses_a_host_half_way_says_so_starts_the_api_servers_and_is_finished_by_another()
    {
        string old = await PrepareAsync();
        await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });
        string operation = (await Product.RestoresAsync())[0].Value!.Operation;
        string kept = KeptOn(Lab.Hosts[1], operation);
        RestoreRequest undo = new()
        {
            Name = "",
            NoComponentRestart = true,
            Observer = (step, node) =>
            {
                if (step == RestoreStep.Back && node is null)
                {
                    Directory.Move(kept, kept + "-elsewhere");
                }
            },
        };

        RestoreUnfinishedException failure = await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.UndoAsync(null, undo));

        Assert.Contains("node2", failure.Message);
        Assert.Equal(old, await Keys.ReadAsync(Lab.Hosts[0]));
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal("true", (await host.DockerAsync("inspect", "--format", "{{.State.Running}}", "kube-apiserver")).OrThrow().StandardOutput.Trim());
        }

        Directory.Move(kept + "-elsewhere", kept);
        await Product.UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true });
        await AssertHoldsAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Undoing_that_can_never_be_finished_is_left_behind_by_a_restore_that_is_forced()
    {
        await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        string restored = await Keys.ReadAsync(Lab.Hosts[0]);
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.UndoAsync(null, UndoThatLosesKept(operation, Lab.Hosts[1])));
        await Assert.ThrowsAnyAsync<EtcdSnapshotException>(() => Product.UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true }));
        RestoreRequest again = new() { Name = "good", NoComponentRestart = true };
        Assert.Contains("-Force restores all the same", (await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.RestoreAsync(again))).Advice);

        await Product.RestoreAsync(again with { Force = true });

        await AssertHoldsAsync(restored);
        Assert.DoesNotContain(await Product.RestoresAsync(), outcome => outcome.Value?.Unfinished != false);
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal("always", (await host.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}}", "etcd")).OrThrow().StandardOutput.Trim());
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Restore_forced_over_an_undoing_starts_no_api_server_when_it_fails_too()
    {
        await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        // One host goes back alone, two stay on the new data.
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.UndoAsync(null, UndoThatLosesKept(operation, Lab.Hosts[1], Lab.Hosts[2])));
        RestoreRequest fails = new()
        {
            Name = "good",
            Force = true,
            NoComponentRestart = true,
            Observer = (step, node) => _ = step == RestoreStep.StartEtcd && node is null ? throw new InvalidOperationException("as a test wants") : 0,
        };

        await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(fails));

        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal("false", (await host.DockerAsync("inspect", "--format", "{{.State.Running}}", "kube-apiserver")).OrThrow().StandardOutput.Trim());
        }

        await Product.RestoreAsync(new RestoreRequest { Name = "good", Force = true, NoComponentRestart = true });
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal("true", (await host.DockerAsync("inspect", "--format", "{{.State.Running}}", "kube-apiserver")).OrThrow().StandardOutput.Trim());
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Kept_data_stays_where_an_undoing_has_passed_over_a_host()
    {
        string old = await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        await Lab.Hosts[1].KillSshdAsync();
        RestoreRequest undo = new() { Name = "", Force = true, NoComponentRestart = true, ReturnLimit = TimeSpan.FromSeconds(1) };
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.UndoAsync(operation, undo));
        await Lab.Hosts[1].StartSshdAsync();

        Outcome<EtcdRestore>[] refused = await Product.RemoveRestoresAsync(operation);

        Assert.All(refused, outcome => Assert.IsType<RestoreNotSafeException>(outcome.Failure));
        await Product.UndoAsync(operation, undo with { Operation = "finishing", Force = false });
        await AssertHoldsAsync(old);
        Assert.All(await Product.RemoveRestoresAsync(operation), outcome => Assert.Null(outcome.Failure));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Kept_data_is_dropped_also_when_a_host_of_the_restore_has_left_the_cluster()
    {
        await PrepareAsync();
        string operation = (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true }))[0].Operation;
        Product smaller = new(Lab) { Cluster = Product.Cluster with { Nodes = [.. Product.Cluster.Nodes.Take(2)] } };

        Outcome<EtcdRestore>[] dropped = await smaller.RemoveRestoresAsync(operation);

        Assert.Equal(["node1", "node2"], dropped.Where(outcome => outcome.Failure is null).Select(outcome => outcome.Node.Name));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Undo_after_a_rollback_undoes_the_restore_before_it()
    {
        string old = await PrepareAsync();
        RestoreRequest request = new() { Name = "good", NoComponentRestart = true };
        string operation = (await Product.RestoreAsync(request))[0].Operation;
        await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(new RestoreRequest
        {
            Name = "good",
            Observer = (step, node) => _ = step == RestoreStep.StartEtcd && node is null ? throw new InvalidOperationException("as a test wants") : 0,
        }));
        RestorePlan plan = await new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" });
        Assert.DoesNotContain(plan.Findings, finding => finding.Advice.Contains("Restart-KubeComponent", StringComparison.Ordinal));

        IReadOnlyList<RestoreResult> results = await Product.UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true });

        Assert.All(results, result => Assert.Equal(operation, result.Operation));
        await AssertHoldsAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Old_data_that_could_not_be_moved_aside_leaves_nothing_unfinished_behind()
    {
        string old = await PrepareAsync();
        const string Data = "/var/lib/etcd/member";
        // What is mounted cannot be moved.
        (await Lab.Hosts[1].RunAsync("mount", "--bind", Data, Data)).OrThrow();
        try
        {
            RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync("good"));

            Assert.Equal("node2", failure.Node);
        }
        finally
        {
            (await Lab.Hosts[1].RunAsync("umount", Data)).OrThrow();
        }

        await AssertHoldsAsync(old);
        Assert.DoesNotContain(await Product.RestoresAsync(), outcome => outcome.Value?.Unfinished != false);
        Assert.Equal(3, (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true })).Count);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Restore_without_a_host_that_is_gone_is_undone_without_it()
    {
        string old = await PrepareAsync();
        LabHost gone = Lab.Hosts[2];
        (await gone.DockerAsync("stop", "etcd", "kube-apiserver")).OrThrow();
        await gone.KillSshdAsync();
        await Product.RestoreAsync(new RestoreRequest { Name = "good", Nodes = ["node1", "node2"], Force = true, NoComponentRestart = true });
        Assert.NotEqual(old, await Keys.ReadAsync(Lab.Hosts[0]));

        IReadOnlyList<RestoreResult> results = await Product.UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true });

        Assert.Equal(["node1", "node2"], results.Select(result => result.Node));
        foreach (LabHost host in Lab.Hosts.Take(2))
        {
            Assert.Equal(old, await Keys.ReadAsync(host));
        }
    }

    private async Task<string> PrepareAsync()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        await Keys.WriteAsync(Lab.Hosts[1], "after");
        return await Keys.ReadAsync(Lab.Hosts[0]);
    }

    // An undoing in whose middle the kept data of hosts is lost.
    private static RestoreRequest UndoThatLosesKept(string operation, params LabHost[] hosts) => new()
    {
        Name = "",
        NoComponentRestart = true,
        Observer = (step, node) =>
        {
            if (step == RestoreStep.Back && node is null)
            {
                Array.ForEach(hosts, host => Directory.Delete(KeptOn(host, operation), recursive: true));
            }
        },
    };

    private static string KeptOn(LabHost host, string operation) => host.PathOf($"/var/lib/etcd/.etcdsnapshot/{operation}/kept/member");

    private async Task AssertHoldsAsync(string expected)
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            await host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
            Assert.Equal(expected, await Keys.ReadAsync(host));
        }

        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }
}
