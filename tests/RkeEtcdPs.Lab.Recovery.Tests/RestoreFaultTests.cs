using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>Hosts that fail in the middle of a restore: afterwards the old cluster serves with all its data, and Undo finishes what is left.</summary>
public sealed class RestoreFaultTests(LabFixture fixture) : ProductTest(fixture)
{
    private Product Impatient => new(Lab)
    {
        Options = new HostOptions
        {
            SshConfigPath = Lab.Folder.SshConfig,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            KeepAliveInterval = TimeSpan.FromSeconds(3),
            RequestTimeout = TimeSpan.FromSeconds(60),
        },
    };

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Data_that_etcd_cannot_start_from_is_rolled_back_and_says_why()
    {
        string old = await PrepareAsync();

        RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, () =>
        {
            Directory.Delete(Lab.Hosts[1].PathOf("/var/lib/etcd/member/wal"), recursive: true);
            File.WriteAllText(Lab.Hosts[1].PathOf("/var/lib/etcd/member/wal"), "not a folder");
        })));

        Assert.Equal("node2", failure.Node);
        Assert.Contains("not in the cluster of the other members", failure.Message, StringComparison.Ordinal);
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Two_hosts_that_fail_one_step_are_two_errors()
    {
        string old = await PrepareAsync();

        RestoreRolledBackException failure = await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, () =>
        {
            foreach (LabHost host in Lab.Hosts.Take(2))
            {
                // Without a log etcd would begin a cluster of its own.
                File.WriteAllText(host.PathOf("/var/lib/etcd/member/snap/db"), "no database");
            }
        })));

        // Nothing is wrong with the third, which only finds no quorum.
        Assert.Equal(["node1", "node2"], Product.RestoreFailures.Select(outcome => outcome.Failure!.Node).Append(failure.Node).Order());
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Engine_that_starts_anew_in_an_unfinished_restore_starts_no_api_server()
    {
        await PrepareAsync();
        RestoreRequest fails = Request(RestoreStep.Switch, () => throw new IOException("as if the client ended here")) with { NoRollback = true };
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.RestoreAsync(fails));
        LabHost host = Lab.Hosts[1];

        await host.KillDockerdAsync();
        await host.StartDockerdAsync();

        // What has a restart policy that speaks for it is started before the engine answers.
        Assert.Equal("unless-stopped false", await StateAsync(host, "kube-apiserver"));
        await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });
        Assert.Equal("always true", await StateAsync(host, "kube-apiserver"));
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }

    private static async Task<string> StateAsync(LabHost host, string container)
        => (await host.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}", container)).OrThrow().StandardOutput.Trim();

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
    [Trait("Speed", "Long")]
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
    [Trait("Speed", "Long")]
    public async Task Host_cut_off_while_staging_changes_nothing()
    {
        string old = await PrepareAsync();

        await Assert.ThrowsAnyAsync<EtcdSnapshotException>(() => Impatient.RestoreAsync(
            Request(RestoreStep.Stage, () => Lab.Hosts[2].LinkDownAsync().GetAwaiter().GetResult())));

        await Lab.Hosts[2].LinkUpAsync();
        await Lab.Hosts[2].WaitForEtcdAsync(TimeSpan.FromSeconds(120));
        await AssertOldServesAsync(old, clean: false);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Snapshot_that_changes_after_it_was_proved_is_not_restored()
    {
        string old = await PrepareAsync();

        SnapshotMismatchException failure = await Assert.ThrowsAsync<SnapshotMismatchException>(() => Product.RestoreAsync(Request(RestoreStep.Stage, () =>
        {
            string copy = Path.Combine(Lab.Hosts[1].SnapshotFolder, "good");
            byte[] bytes = File.ReadAllBytes(copy);
            bytes[^40] ^= 1;
            File.WriteAllBytes(copy, bytes);
        })));

        Assert.Equal("node2", failure.Node);
        await AssertOldServesAsync(old);
    }

    /// <remarks>One in every run; all of them with ETCDSNAPSHOT_LONG_TESTS=1.</remarks>
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_goes_away_for_a_while_leaves_the_old_or_the_new_cluster_whole()
    {
        await PrepareAsync();
        (string Name, Func<LabHost, Task> Off, Func<LabHost, Task> On)[] faults =
        [
            ("rebooted", host => host.PowerOffAsync(), host => host.BootAsync()),
            ("engine killed", host => host.KillDockerdAsync(), host => host.StartDockerdAsync()),
            ("network cut", host => host.LinkDownAsync(), host => host.LinkUpAsync()),
        ];
        (RestoreStep Step, int Fault)[] cases = IsLong
            ? [(RestoreStep.Stage, 0), (RestoreStep.Switch, 0), (RestoreStep.Prove, 0), (RestoreStep.Stage, 1), (RestoreStep.Prove, 1), (RestoreStep.Prove, 2)]
            : [(RestoreStep.Switch, 0)];
        string snapshot = (await RestoreAsync()).Held;
        foreach ((RestoreStep step, int fault) in cases)
        {
            string what = $"{faults[fault].Name} at {step}";
            await Keys.WriteAsync(Lab.Hosts[0], $"old-{step}-{fault}", 1);
            string old = await Keys.ReadAsync(Lab.Hosts[0]);
            LabHost host = Lab.Hosts[1];
            Task on = Task.CompletedTask;

            (string held, EtcdSnapshotException? failure) = await RestoreAsync(Request(step, () =>
            {
                faults[fault].Off(host).GetAwaiter().GetResult();
                on = Task.Run(async () =>
                {
                    await Task.Delay(TimeSpan.FromSeconds(5));
                    await faults[fault].On(host);
                });
            }), () => on);

            Assert.True(held == old || held == snapshot, $"{what}: {held}\n{failure}");
            Assert.True(failure is not null || held == snapshot, $"{what}: said to be restored, and is not");
        }
    }

    /// <summary>Restores; if that does not come to its end, one more command does; and gives what every member holds then.</summary>
    private async Task<(string Held, EtcdSnapshotException? Failure)> RestoreAsync(RestoreRequest? request = null, Func<Task>? on = null)
    {
        EtcdSnapshotException? failure = null;
        try
        {
            await Impatient.RestoreAsync((request ?? new RestoreRequest { Name = "good" }) with { NoComponentRestart = true });
        }
        catch (EtcdSnapshotException error)
        {
            failure = error;
        }

        await (on?.Invoke() ?? Task.CompletedTask);
        if ((await Product.RestoresAsync()).Any(outcome => outcome.Value?.Unfinished != false))
        {
            await Product.UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true });
        }

        foreach (LabHost host in Lab.EtcdHosts)
        {
            await host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
        }

        string[] held = await Task.WhenAll(Lab.EtcdHosts.Select(Keys.ReadAsync));
        Assert.True(held.Distinct().Count() == 1, $"the members differ: {string.Join("\n---\n", held)}\n{failure}");
        return (held[0], failure);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_whose_record_is_damaged_meanwhile_is_left_alone_while_the_others_go_back()
    {
        string old = await PrepareAsync();
        string record = "";
        byte[] whole = [];

        RestoreUnfinishedException failure = await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, () =>
        {
            record = Directory.GetFiles(Lab.Hosts[1].PathOf("/var/lib/etcd/.etcdsnapshot"), "record", SearchOption.AllDirectories).Single();
            whole = File.ReadAllBytes(record);
            File.WriteAllBytes(record, whole[..(whole.Length / 2)]);
            throw new IOException("as if a step failed");
        })));

        Assert.Contains("as if a step failed", failure.Message, StringComparison.Ordinal);
        Assert.Contains("node2: the record", failure.Message, StringComparison.Ordinal);
        Assert.Contains("were left as they are", failure.Message, StringComparison.Ordinal);
        Assert.Equal("no false", await StateAsync(Lab.Hosts[1], "etcd"));
        foreach (LabHost host in Lab.EtcdHosts.Where(host => host != Lab.Hosts[1]))
        {
            Assert.Equal(old, await Keys.ReadAsync(host));
        }

        Assert.Contains("on node2 is lost or damaged", (await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync())).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(record, whole);
        await Product.UndoAsync(null, new RestoreRequest { Name = "", NoComponentRestart = true });
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Api_server_that_cannot_be_started_again_is_an_error_beside_the_rollback()
    {
        string old = await PrepareAsync();
        Product product = Impatient;

        await Assert.ThrowsAsync<RestoreRolledBackException>(() => product.RestoreAsync(new RestoreRequest
        {
            Name = "good",
            Observer = (step, node) =>
            {
                if (step == RestoreStep.BackStartApiServers && node is null)
                {
                    Lab.Hosts[2].DockerAsync("rename", "kube-apiserver", "elsewhere").GetAwaiter().GetResult().OrThrow();
                }

                _ = step == RestoreStep.StartEtcd && node is null ? throw new IOException("as if a step failed") : 0;
            },
        }));

        Assert.Contains("docker update --restart=always kube-apiserver", Assert.Single(product.RestoreFailures, outcome => outcome.Node.Name == "node3").Failure!.Message, StringComparison.Ordinal);
        foreach (string[] command in (string[][])[["rename", "elsewhere", "kube-apiserver"], ["start", "kube-apiserver"], ["update", "--restart=always", "kube-apiserver"]])
        {
            (await Lab.Hosts[2].DockerAsync(command)).OrThrow();
        }

        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Api_servers_stay_stopped_while_hosts_that_are_lost_have_a_quorum_on_the_new_data()
    {
        string old = await PrepareAsync();
        LabHost[] lost = [.. Lab.EtcdHosts.Skip(1)];
        RestoreRequest request = Request(RestoreStep.Prove, () => Array.ForEach(lost, host => host.KillSshdAsync().GetAwaiter().GetResult()));

        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Impatient.RestoreAsync(request with { ReturnLimit = TimeSpan.FromSeconds(2) }));

        Assert.NotEqual(old, await Keys.ReadAsync(lost[0]));
        Assert.Equal("unless-stopped false", await StateAsync(Lab.Hosts[0], "kube-apiserver"));
        await Task.WhenAll(lost.Select(host => host.StartSshdAsync()));
        await Product.UndoAsync();
        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Api_server_that_somebody_had_stopped_is_not_started_by_its_engine_before_the_proof_and_stays_stopped()
    {
        await PrepareAsync();
        LabHost host = Lab.Hosts[1];
        (await host.DockerAsync("stop", "kube-apiserver")).OrThrow();
        RestoreRequest fails = Request(RestoreStep.Switch, () => throw new IOException("as if the client ended here")) with { NoRollback = true };
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.RestoreAsync(fails));
        await host.KillDockerdAsync();
        await host.StartDockerdAsync();
        Assert.Equal("unless-stopped false", await StateAsync(host, "kube-apiserver"));

        await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });

        Assert.Equal("always false", await StateAsync(host, "kube-apiserver"));
    }

    [SkippableFact]
    public async Task Cancelled_in_the_switch_is_rolled_back()
    {
        string old = await PrepareAsync();
        using CancellationTokenSource cancel = new();

        await Assert.ThrowsAsync<RestoreRolledBackException>(() => Product.RestoreAsync(Request(RestoreStep.StartEtcd, cancel.Cancel), cancel.Token));

        await AssertOldServesAsync(old);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Proved_restore_that_is_gone_on_with_and_stopped_is_not_rolled_back()
    {
        await PrepareAsync();
        await DyingClient.StartAsync(Lab, "good", RestoreStep.ReleaseEtcd, afterFirst: false);
        await Keys.WriteAsync(Lab.Hosts[0], "written-since", 1);
        string written = await Keys.ReadAsync(Lab.Hosts[0]);
        using CancellationTokenSource cancel = new();

        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Product.RestoreAsync(Request(RestoreStep.Prove, cancel.Cancel), cancel.Token));

        Assert.Equal(written, await Keys.ReadAsync(Lab.Hosts[0]));
        Assert.Equal(3, (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true })).Count);
        await AssertOldServesAsync(written);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Ways_that_break_after_the_proof_are_found_anew_and_the_proof_is_noted()
    {
        await PrepareAsync();

        IReadOnlyList<RestoreResult> results = await Product.RestoreAsync(Request(RestoreStep.MarkProved, () =>
        {
            foreach (LabHost host in Lab.EtcdHosts)
            {
                host.KillSshdAsync().GetAwaiter().GetResult();
                host.StartSshdAsync().GetAwaiter().GetResult();
            }
        }) with
        { NoComponentRestart = true });

        Assert.Equal(3, results.Count);
        await AssertOldServesAsync(await Keys.ReadAsync(Lab.Hosts[0]));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Api_servers_stay_stopped_when_no_host_could_note_the_proof()
    {
        await PrepareAsync();
        RestoreRequest request = new()
        {
            Name = "good",
            Observer = (step, node) =>
            {
                foreach (LabHost host in Lab.EtcdHosts.Where(_ => node is null))
                {
                    (step switch
                    {
                        RestoreStep.MarkProved => host.KillSshdAsync(),
                        RestoreStep.StartApiServers => host.StartSshdAsync(),
                        _ => Task.CompletedTask,
                    }).GetAwaiter().GetResult();
                }
            },
        };

        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => Impatient.RestoreAsync(request));

        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.EndsWith(" false", await StateAsync(host, "kube-apiserver"), StringComparison.Ordinal);
            await host.StartSshdAsync();
        }

        Assert.Equal(3, (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true })).Count);
        await AssertOldServesAsync(await Keys.ReadAsync(Lab.Hosts[0]));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Api_server_is_started_over_a_new_connection_and_one_that_cannot_be_is_an_error_beside_the_results()
    {
        await PrepareAsync();
        Product product = Impatient;

        IReadOnlyList<RestoreResult> results = await product.RestoreAsync(Request(RestoreStep.StartApiServers, () =>
        {
            Lab.Hosts[1].KillSshdAsync().GetAwaiter().GetResult();
            Lab.Hosts[1].StartSshdAsync().GetAwaiter().GetResult();
            Lab.Hosts[2].DockerAsync("rename", "kube-apiserver", "elsewhere").GetAwaiter().GetResult().OrThrow();
        }) with
        { NoComponentRestart = true });

        Assert.Equal(3, results.Count);
        Outcome<RestoreResult> failed = Assert.Single(product.RestoreFailures);
        Assert.Equal("node3", failed.Node.Name);
        Assert.Contains("Restart-KubeComponent", failed.Failure!.Message, StringComparison.Ordinal);
        Assert.All(await Product.RestoresAsync(), outcome => Assert.Equal(RestorePhase.Done, outcome.Value!.Phase));
        (await Lab.Hosts[2].DockerAsync("rename", "elsewhere", "kube-apiserver")).OrThrow();
        (await Lab.Hosts[2].DockerAsync("start", "kube-apiserver")).OrThrow();
        await AssertOldServesAsync(await Keys.ReadAsync(Lab.Hosts[0]));
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
            await host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
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
