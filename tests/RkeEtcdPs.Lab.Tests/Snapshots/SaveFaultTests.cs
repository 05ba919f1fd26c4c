using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

public sealed class SaveFaultTests(LabFixture fixture) : ProductTest(fixture)
{
    private static HostOptions Impatient(Lab lab) => new()
    {
        SshConfigPath = lab.Folder.SshConfig,
        ConnectTimeout = TimeSpan.FromSeconds(8),
        KeepAliveInterval = TimeSpan.FromSeconds(3),
    };

    [SkippableFact]
    public async Task Host_that_is_down_is_an_error_and_the_others_finish()
    {
        await Lab.Hosts[1].LinkDownAsync();

        await AssertOthersFinishAsync<NodeUnreachableException>(await new Product(Lab) { Options = Impatient(Lab) }.SaveAsync("nightly"), Lab.Hosts[1]);
    }

    [SkippableFact]
    public async Task Host_whose_sshd_is_silent_is_an_error_and_the_others_finish()
    {
        await Lab.Hosts[1].StopSshdAsync();

        await AssertOthersFinishAsync<NodeUnreachableException>(await new Product(Lab) { Options = Impatient(Lab) }.SaveAsync("nightly"), Lab.Hosts[1]);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_whose_etcd_is_stopped_is_an_error_and_the_others_finish()
    {
        await Lab.Hosts[1].StopEtcdAsync();

        await AssertOthersFinishAsync<EtcdNotRunningException>(await Product.SaveAsync("nightly"), Lab.Hosts[1]);
    }

    [SkippableFact]
    public async Task Host_whose_engine_is_down_is_an_error_and_the_others_finish()
    {
        await Lab.Hosts[1].KillDockerdAsync();

        await AssertOthersFinishAsync<DockerUnavailableException>(await Product.SaveAsync("nightly"), Lab.Hosts[1]);
    }

    [SkippableFact]
    public async Task Changed_host_key_is_refused_with_its_fingerprint()
    {
        await Lab.Hosts[1].ChangeHostKeyAsync();

        Outcome<EtcdSnapshot>[] outcomes = await Product.SaveAsync("nightly");

        await AssertOthersFinishAsync<HostKeyChangedException>(outcomes, Lab.Hosts[1]);
        Assert.StartsWith("ssh-ed25519 SHA256:", ((HostKeyChangedException)outcomes[1].Failure!).Fingerprint, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Unknown_host_key_is_refused_with_its_fingerprint()
    {
        string config = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(config, "StrictHostKeyChecking ask\nUserKnownHostsFile /dev/null\nGlobalKnownHostsFile /dev/null\n");
        try
        {
            Product product = new(Lab) { Options = new HostOptions { SshConfigPath = config } };

            HostKeyUnknownException failure = Assert.IsType<HostKeyUnknownException>(Assert.Single(await product.SaveAsync("nightly", Lab.Hosts[0].Name)).Failure);

            Assert.StartsWith("ssh-ed25519 SHA256:", failure.Fingerprint, StringComparison.Ordinal);
            Assert.Contains("-AcceptNewHostKey", failure.Advice);
        }
        finally
        {
            File.Delete(config);
        }
    }

    [SkippableFact]
    public async Task Engine_killed_during_the_save_is_an_error_and_the_next_save_cleans_up()
    {
        LabHost host = Lab.Hosts[0];
        await using (Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host))
        {
            Task<Outcome<EtcdSnapshot>[]> save = Product.SaveAsync("broken", host.Name);
            await etcdctl.Reached;
            await host.KillDockerdAsync();

            Assert.IsType<DockerUnavailableException>(Assert.Single(await save).Failure);
            Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "broken")));
        }

        await host.StartDockerdAsync();
        await host.WaitForEtcdAsync(TimeSpan.FromSeconds(120));
        Assert.NotNull(Assert.Single(await Product.SaveAsync("after", host.Name)).Value);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_that_goes_silent_during_the_save_is_given_up()
    {
        LabHost host = Lab.Hosts[0];
        Product product = new(Lab) { Options = Impatient(Lab) };
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host);
        Task<Outcome<EtcdSnapshot>[]> save = product.SaveAsync("silent", host.Name);
        await etcdctl.Reached;

        await host.LinkDownAsync();

        Assert.IsType<NodeUnreachableException>(Assert.Single(await save.WaitAsync(TimeSpan.FromSeconds(240))).Failure);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Save_that_makes_no_progress_is_given_up_and_cleaned_up()
    {
        LabHost host = Lab.Hosts[0];
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host);

        Outcome<EtcdSnapshot> outcome = Assert.Single(await Product.SaveAsync(new SaveRequest { Name = "stuck", StallLimit = TimeSpan.FromSeconds(3) }, [host.Name]));

        Assert.IsType<TimedOutException>(outcome.Failure);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Time_limit_ends_the_save_and_cleans_up()
    {
        LabHost host = Lab.Hosts[0];
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host);

        Outcome<EtcdSnapshot> outcome = Assert.Single(await Product.SaveAsync(new SaveRequest { Name = "slow", Timeout = TimeSpan.FromSeconds(4) }, [host.Name]));

        Assert.IsType<TimedOutException>(outcome.Failure);
        Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "slow")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Cancelled_save_leaves_nothing()
    {
        LabHost host = Lab.Hosts[0];
        using CancellationTokenSource cancel = new();
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host);
        Task<Outcome<EtcdSnapshot>[]> save = Product.SaveAsync(new SaveRequest { Name = "cancelled" }, [host.Name], cancel.Token);
        await etcdctl.Reached;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save);
        Assert.False(File.Exists(Path.Combine(host.SnapshotFolder, "cancelled")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private async Task AssertOthersFinishAsync<T>(Outcome<EtcdSnapshot>[] outcomes, LabHost bad)
        where T : EtcdSnapshotException
    {
        Outcome<EtcdSnapshot> failed = Assert.Single(outcomes, outcome => outcome.Failure is not null);
        Assert.IsType<T>(failed.Failure);
        Assert.Equal(bad.Name, failed.Node.Name);
        Assert.Equal(bad.Name, failed.Failure!.Node);
        Assert.Equal(2, outcomes.Count(outcome => outcome.Value?.Verified == true));
        await Remains.AssertNoneAsync(Lab.Hosts.Where(host => host != bad));
    }
}
