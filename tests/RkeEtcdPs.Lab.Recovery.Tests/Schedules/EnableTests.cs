using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Schedules;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

public sealed class EnableTests(LabFixture fixture) : ScheduleTest(fixture)
{
    [SkippableFact]
    public async Task Service_saves_verified_snapshots_on_every_host_and_tells_of_itself()
    {
        Outcome<EtcdSnapshotSchedule>[] enabled = await Product.EnableAsync(Every(2));
        Assert.All(enabled, outcome => Assert.True(outcome.Value is { Enabled: true, Running: true, ManagedBy: ScheduleOwner.EtcdSnapshot }, $"{outcome.Failure}"));

        foreach (LabHost host in Lab.Hosts)
        {
            await UntilAsync(host, "two snapshots", () => Recurring(host).Length >= 2);
            await AssertAllWholeAsync(host);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(host.SnapshotFolder, Recurring(host)[0])));
        }

        EtcdSnapshotSchedule schedule = await LookAsync();
        Assert.Equal(TimeSpan.FromSeconds(2), schedule.Creation);
        Assert.Equal(TimeSpan.FromHours(1), schedule.Retention);
        Assert.Equal(1, schedule.KeepAtLeast);
        Assert.InRange(schedule.Count, 2, 100);
        Assert.InRange(schedule.TotalSize, 20_000 * schedule.Count, 1_000_000 * schedule.Count);
        Assert.InRange(schedule.LastSuccess!.Value, DateTime.UtcNow.AddMinutes(-5), DateTime.UtcNow);
        Assert.Null(schedule.LastFailure);
        Assert.Equal("host always [no-new-privileges label=disable] false", await InspectAsync(
            Host, "{{.HostConfig.NetworkMode}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.SecurityOpt}} {{.HostConfig.Privileged}}"));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Enabling_again_changes_nothing_and_other_values_replace_the_container()
    {
        await EnableAsync(Every(3600));
        await UntilAsync(Host, "a snapshot", () => Recurring(Host).Length == 1);
        string id = await InspectAsync(Host, "{{.Id}} {{.State.StartedAt}}");

        await EnableAsync(Every(3600));
        Assert.Equal(id, await InspectAsync(Host, "{{.Id}} {{.State.StartedAt}}"));

        (await Host.DockerAsync("pause", ScheduleContainer.Name)).OrThrow();
        Assert.True((await EnableAsync(Every(3600))).Running);
        Assert.Equal(id, await InspectAsync(Host, "{{.Id}} {{.State.StartedAt}}"));

        EtcdSnapshotSchedule changed = await EnableAsync(Every(7200, 14400, 3));
        Assert.NotEqual(id, await InspectAsync(Host, "{{.Id}} {{.State.StartedAt}}"));
        Assert.True(changed is { Running: true, KeepAtLeast: 3 });
        // What was saved before counts: the next one is due after the new creation, and none was saved meanwhile.
        await UntilAsync(Host, "the new one to begin", async () => (await Host.DockerAsync("logs", ScheduleContainer.Name)).StandardOutput.Contains("every 7200 s", StringComparison.Ordinal));
        Assert.Single(Recurring(Host));
        Assert.Equal([ScheduleContainer.Name], await ContainersAsync());
    }

    [SkippableFact]
    public async Task Disabling_keeps_the_files_and_may_be_done_twice()
    {
        await EnableAsync(Every(3600));
        await UntilAsync(Host, "a snapshot", () => Recurring(Host).Length == 1);

        foreach (int _ in (int[])[1, 2])
        {
            Outcome<EtcdSnapshotSchedule> disabled = Assert.Single(await Product.DisableAsync(new ScheduleRequest(), Host.Name));
            Assert.True(disabled.Value is { Enabled: false, Running: false, ManagedBy: ScheduleOwner.None, Overdue: false, Count: 1 }, $"{disabled.Failure}");
        }

        Assert.Empty(await ContainersAsync());
        Assert.Single(Recurring(Host));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Service_of_RKE_is_recognised_and_replaced_only_with_force()
    {
        (await Host.DockerAsync(
            "run", "-d", "--name", ScheduleContainer.Name, "--restart", "always", "--volume", "/opt/rke/etcd-snapshots:/backup", "--entrypoint", "sh", "rancher/rke-tools:lab",
            "-c", "trap 'exit 0' TERM; sleep 3600 & wait", "/opt/rke/rke-etcd-backup", "rolling-backup", "--cacert=/etc/kubernetes/ssl/kube-ca.pem", "--creation=5m0s", "--retention", "24h")).OrThrow();
        string id = await InspectAsync(Host, "{{.Id}}");

        EtcdSnapshotSchedule there = await LookAsync();
        Assert.True(there is { Enabled: true, Running: true, ManagedBy: ScheduleOwner.Rke, KeepAtLeast: null });
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromHours(24)), (there.Creation, there.Retention));

        ScheduleExistsException refused = Assert.IsType<ScheduleExistsException>(Assert.Single(await Product.EnableAsync(Every(3600), Host.Name)).Failure);
        Assert.Contains("creation 5m0s, retention 24h0m0s", refused.Message);
        ScheduleExistsException kept = Assert.IsType<ScheduleExistsException>(Assert.Single(await Product.DisableAsync(new ScheduleRequest(), Host.Name)).Failure);
        Assert.StartsWith("The recurring snapshot service of node1 is not this module's to disable, but that of RKE (creation 5m0s", kept.Message, StringComparison.Ordinal);
        Assert.Contains("Remove it with -Force", kept.Advice);
        Assert.Equal(id, await InspectAsync(Host, "{{.Id}}"));

        EtcdSnapshotSchedule forced = await EnableAsync(Every(3600) with { Force = true });
        Assert.True(forced is { Running: true, ManagedBy: ScheduleOwner.EtcdSnapshot });
        Assert.Equal([ScheduleContainer.Name], await ContainersAsync());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Nobody_is_asked_before_the_host_was_looked_at_and_without_a_yes_nothing_is_changed()
    {
        ScheduleRequest six = Every(6 * 3600, 86_400);
        (await Host.DockerAsync(
            "create", "--name", ScheduleContainer.Name, "--entrypoint", "sh", "rancher/rke-tools:lab", "/opt/rke/rke-etcd-backup", "rolling-backup", "--creation=5m0s", "--retention=24h")).OrThrow();
        await EnableAsync(Every(3600, 86_400), Lab.Hosts[1]);
        string id = (await Lab.Hosts[1].DockerAsync("inspect", "--format", "{{.Id}}", ScheduleContainer.Name)).StandardOutput;

        (IReadOnlyDictionary<string, string> questions, Outcome<EtcdSnapshotSchedule>[] outcomes) = await Product.AskAsync(six);
        Assert.IsType<ScheduleExistsException>(Assert.Single(outcomes).Failure);
        Assert.Equal("Change recurring etcd snapshots: from one every 1h0m0s, kept for 24h0m0s, at least 1 to one every 6h0m0s, kept for 24h0m0s, at least 1", questions["node2"]);
        Assert.Equal("Enable recurring etcd snapshots, of which there are none: one every 6h0m0s, kept for 24h0m0s, at least 1", questions["node3"]);

        await Lab.Hosts[2].KillDockerdAsync();
        (questions, outcomes) = await Product.AskAsync(Every(3600, 86_400) with { Force = true });
        Assert.Equal("node3", Assert.Single(outcomes).Failure?.Node);
        Assert.Equal("Replace the recurring etcd snapshots of RKE: from one every 5m0s, kept for 24h0m0s to one every 1h0m0s, kept for 24h0m0s, at least 1", questions["node1"]);
        Assert.Equal("Leave recurring etcd snapshots as they are: one every 1h0m0s, kept for 24h0m0s, at least 1", questions["node2"]);
        (questions, _) = await Product.AskAsync(new ScheduleRequest { Force = true }, disable: true);
        Assert.Equal("Remove the recurring etcd snapshots of RKE (one every 5m0s, kept for 24h0m0s); its files stay", questions["node1"]);

        Assert.Equal(ScheduleOwner.Rke, (await LookAsync()).ManagedBy);
        Assert.Equal(id, (await Lab.Hosts[1].DockerAsync("inspect", "--format", "{{.Id}}", ScheduleContainer.Name)).StandardOutput);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Limit_that_is_over_says_whether_the_service_was_replaced()
    {
        TimeSpan limit = TimeSpan.FromSeconds(8);
        await EnableAsync(Every(3600));
        await Lab.Hosts[1].StopSshdAsync();
        try
        {
            // Shorter than ssh waits for a host. It is over while the new one is started, which is not to be interrupted.
            ScheduleRequest slow = Every(7200, 14_400) with { Timeout = limit, Observer = step => Thread.Sleep(step == ScheduleStep.Started ? limit : TimeSpan.Zero) };
            Outcome<EtcdSnapshotSchedule>[] outcomes = await Product.EnableAsync(slow, Host.Name, Lab.Hosts[1].Name);

            TimedOutException replaced = Assert.IsType<TimedOutException>(outcomes[0].Failure);
            Assert.EndsWith("had been replaced by then; only how it fares could not be seen.", replaced.Message, StringComparison.Ordinal);
            Assert.Contains("Get-EtcdSnapshotSchedule", replaced.Advice);
            Assert.Contains("was left as it was", Assert.IsType<TimedOutException>(outcomes[1].Failure).Message);
            Assert.Equal(TimeSpan.FromHours(2), (await LookAsync()).Creation);
        }
        finally
        {
            await Lab.Hosts[1].ResumeSshdAsync();
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Rancher_is_recognised_by_the_names_of_what_it_saved_lately()
    {
        await Product.SaveAsync("whole", Host.Name);
        DateTime now = DateTime.UtcNow;
        DateTime taken = new(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc);
        Put(Host, "c-zzzzz-rl-zzzzz_2020-10-15T16:47:24Z.zip");
        Assert.Equal(ScheduleOwner.None, (await LookAsync()).ManagedBy);
        Put(Host, $"c-dtvlr-rl-mx2f6_{taken:yyyy-MM-dd'T'HH:mm:ss}Z.zip");
        Put(Host, $"c-dtvlr-ml-5hmcl_{taken:yyyy-MM-dd'T'HH:mm:ss}Z.zip");

        EtcdSnapshotSchedule rancher = await LookAsync();

        Assert.True(rancher is { Enabled: true, Running: null, ManagedBy: ScheduleOwner.Rancher, Count: 2, Overdue: false });
        Assert.Equal(taken, rancher.LastSuccess);
        Assert.Equal(ScheduleOwner.EtcdSnapshot, (await EnableAsync(Every(3600))).ManagedBy);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Nothing_is_changed_while_a_restore_is_at_work_or_etcd_is_down()
    {
        (await Host.DockerAsync("create", "--name", "etcd-restore", "rancher/rke-tools:lab")).OrThrow();
        Assert.IsType<OperationInProgressException>(Assert.Single(await Product.EnableAsync(Every(3600), Host.Name)).Failure);
        (await Host.DockerAsync("rm", "etcd-restore")).OrThrow();
        await Host.StopEtcdAsync();
        Outcome<EtcdSnapshotSchedule>[] outcomes = await Product.EnableAsync(Every(3600));

        Assert.IsType<EtcdNotRunningException>(outcomes[0].Failure);
        Assert.All(outcomes.Skip(1), outcome => Assert.True(outcome.Value?.Running));
        Assert.Empty(await ContainersAsync());
    }

    [SkippableTheory]
    [InlineData("switching", true)]
    [InlineData("undoing", true)]
    [InlineData("done", false)]
    [Trait("Speed", "Long")]
    public async Task Host_whose_restore_is_unfinished_gets_no_service(string phase, bool refused)
    {
        string folder = Directory.CreateDirectory(Host.PathOf("/var/lib/etcd/.etcdsnapshot/20261122-a")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "record"), $"name=good\nphase={phase}\n");
        try
        {
            Outcome<EtcdSnapshotSchedule> outcome = Assert.Single(await Product.EnableAsync(Every(3600), Host.Name));

            Assert.Equal(refused ? "20261122-a" : null, (outcome.Failure as RestoreUnfinishedException)?.Operation);
            Assert.Equal(refused, outcome.Value is null);
            Assert.Equal(refused ? 0 : 1, (await ContainersAsync()).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Hosts_begin_one_after_the_other()
    {
        Outcome<EtcdSnapshotSchedule>[] enabled = await Product.EnableAsync(new ScheduleRequest { Creation = TimeSpan.FromHours(1) });

        Assert.Equal([0, 60, 120], enabled.Select(outcome => outcome.Value!.Offset!.Value.TotalSeconds));
        await UntilAsync(Host, "the first host's", () => Recurring(Host).Length == 1);
        Assert.Empty(Recurring(Lab.Hosts[1]).Concat(Recurring(Lab.Hosts[2])));
    }

    private async Task<string[]> ContainersAsync()
        => (await Host.DockerAsync("ps", "-a", "--filter", $"name={ScheduleContainer.Name}", "--format", "{{.Names}}")).OrThrow().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
