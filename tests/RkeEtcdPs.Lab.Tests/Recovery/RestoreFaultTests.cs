using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Recovery;

/// <summary>Hosts that fail in the middle of a restore: afterwards the old cluster serves with all its data, and Undo finishes what is left.</summary>
public sealed class RestoreFaultTests(LabFixture fixture) : ProductTest(fixture)
{
    private Product Impatient => new(Lab)
    {
        Options = new HostOptions
        {
            SshConfigPath = Lab.Folder.SshConfig,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            KeepAliveInterval = TimeSpan.FromSeconds(1),
            RequestTimeout = TimeSpan.FromSeconds(20),
        },
    };

    [SkippableFact]
    public async Task Data_that_etcd_cannot_start_from_is_rolled_back_and_says_why()
    {
        string old = await PrepareAsync();

        RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, () =>
        {
            Directory.Delete(Lab.Hosts[1].PathOf("/var/lib/etcd/member/wal"), recursive: true);
            File.WriteAllText(Lab.Hosts[1].PathOf("/var/lib/etcd/member/wal"), "not a folder");
        })));

        Assert.Equal("node2", failure.Node);
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    public async Task Two_hosts_that_fail_one_step_are_two_errors()
    {
        string old = await PrepareAsync();

        RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, () =>
        {
            foreach (LabHost host in Lab.Hosts.Take(2))
            {
                Directory.Delete(host.PathOf("/var/lib/etcd/member/wal"), recursive: true);
                File.WriteAllText(host.PathOf("/var/lib/etcd/member/wal"), "not a folder");
            }
        }) with { ProofLimit = TimeSpan.FromSeconds(5) }));

        // The third, which finds no quorum, fails too.
        Assert.True(Product.RestoreFailures.Count > 0, failure.ToString());
        Assert.Equal(["node1", "node2", "node3"], Product.RestoreFailures.Select(outcome => outcome.Failure!.Node).Append(failure.Node).Order());
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    public async Task Engine_killed_in_the_switch_is_rolled_back_once_it_is_there_again()
    {
        string old = await PrepareAsync();
        Task back = Task.CompletedTask;

        EtcdSnapshotException failure = await Assert.ThrowsAnyAsync<EtcdSnapshotException>(() => Impatient.RestoreAsync(Request(RestoreStep.Switch, () =>
        {
            Lab.Hosts[1].KillDockerdAsync().GetAwaiter().GetResult();
            back = Task.Run(async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(4));
                await Lab.Hosts[1].StartDockerdAsync();
            });
        })));

        await back;
        Assert.True(failure is RestoreRolledBackException, failure.ToString());
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    public async Task Host_cut_off_before_the_start_is_left_to_undo_and_the_others_serve_the_old_data()
    {
        string old = await PrepareAsync();

        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Impatient.RestoreAsync(
            Request(RestoreStep.StartEtcd, () => Lab.Hosts[2].LinkDownAsync().GetAwaiter().GetResult()) with { ReturnLimit = TimeSpan.FromSeconds(2) }));

        Assert.Equal(old, await Keys.ReadAsync(Lab.Hosts[0]));
        await Lab.Hosts[2].LinkUpAsync();
        await Product.UndoAsync();
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    public async Task Host_cut_off_while_staging_changes_nothing()
    {
        string old = await PrepareAsync();

        await Assert.ThrowsAnyAsync<EtcdSnapshotException>(() => Impatient.RestoreAsync(
            Request(RestoreStep.Stage, () => Lab.Hosts[2].LinkDownAsync().GetAwaiter().GetResult())));

        await Lab.Hosts[2].LinkUpAsync();
        await Lab.Hosts[2].WaitForEtcdAsync(TimeSpan.FromSeconds(30));
        await AssertOldServesAsync(old, clean: false);
    }

    [SkippableFact]
    public async Task Cancelled_in_the_switch_is_rolled_back()
    {
        string old = await PrepareAsync();
        using CancellationTokenSource cancel = new();

        await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, cancel.Cancel), cancel.Token));

        await AssertOldServesAsync(old);
    }

    private static RestoreRequest Request(RestoreStep at, Action fault)
    {
        int done = 0;
        return new RestoreRequest
        {
            Name = "good",
            Observer = (step, node) =>
            {
                if (step == at && node is null && Interlocked.Exchange(ref done, 1) == 0)
                {
                    fault();
                }
            },
        };
    }

    private async Task<string> PrepareAsync()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        await Keys.WriteAsync(Lab.Hosts[1], "after");
        return await Keys.ReadAsync(Lab.Hosts[0]);
    }

    private async Task AssertOldServesAsync(string old, bool clean = true)
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            await host.WaitForEtcdAsync(TimeSpan.FromSeconds(30));
            Assert.Equal(old, await Keys.ReadAsync(host));
            Assert.Equal("always true\nalways true", (await host.DockerAsync(
                "inspect", "--format", "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}", "etcd", "kube-apiserver")).OrThrow().StandardOutput.Trim());
        }

        if (clean)
        {
            Assert.DoesNotContain(await Product.RestoresAsync(), outcome => outcome.Value?.Unfinished != false);
            await Remains.AssertNoneOnAsync(Lab.Hosts);
        }
    }
}
