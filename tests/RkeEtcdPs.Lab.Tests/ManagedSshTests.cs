using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The transport that starts no process, where it differs from the one that does.</summary>
public sealed class ManagedSshTests(LabFixture fixture) : ManagedSshTest(fixture)
{
    [SkippableFact]
    public async Task Save_gives_one_verified_snapshot_per_host_and_leaves_nothing()
    {
        Product product = new(Lab) { Options = InProcess };

        Outcome<EtcdSnapshot>[] outcomes = await product.SaveAsync("nightly");

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.Equal(3, outcomes.Count(outcome => outcome.Value!.Verified));
        Assert.Contains(product.Story.OfType<HostMessage>(), message => message.Message.Contains("SSH in process", StringComparison.Ordinal));
        await AssertNothingLeftAsync();
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Large_snapshot_of_one_host_is_copied_to_the_others()
    {
        await Lab.Hosts[0].FillAsync(40 * 1024 * 1024);

        Outcome<EtcdSnapshot>[] outcomes = await new Product(Lab) { Options = InProcess }
            .SaveAsync(new SaveRequest { Name = "same", SingleSource = true }, []);

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.True(Assert.Single(outcomes.Select(outcome => (outcome.Value!.ContentHash, outcome.Value.Size)).Distinct()).Size > 40 * 1024 * 1024);
        await AssertNothingLeftAsync();
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task It_is_chosen_where_there_is_no_ssh_program()
    {
        Product product = new(Lab) { Options = InProcess with { Transport = SshTransport.Auto, SshProgram = "no-ssh-here" } };

        Assert.NotNull(Assert.Single(await product.MembersAsync(Lab.Hosts[0].Name)).Value);
    }

    [SkippableFact]
    public async Task Unknown_host_key_is_refused_until_it_is_accepted_and_known_from_then_on()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("known");
        try
        {
            string config = Path.Combine(folder.FullName, "config");
            string knownHosts = Path.Combine(folder.FullName, "known_hosts");
            await File.WriteAllTextAsync(config, $"UserKnownHostsFile {knownHosts}\n");
            HostOptions options = InProcess with { SshConfigPath = config };

            HostKeyUnknownException unknown = Assert.IsType<HostKeyUnknownException>(await FailAsync(options));
            Assert.StartsWith("ssh-ed25519 SHA256:", unknown.Fingerprint, StringComparison.Ordinal);
            Assert.Contains("-AcceptNewHostKey", unknown.Advice);
            Assert.False(File.Exists(knownHosts));

            Assert.Null(await FailAsync(options with { AcceptNewHostKey = true }));
            Assert.Contains($"{Lab.Hosts[0].Address} ssh-ed25519 ", Assert.Single(await File.ReadAllLinesAsync(knownHosts)), StringComparison.Ordinal);

            Assert.Null(await FailAsync(options));
            Assert.Single(await File.ReadAllLinesAsync(knownHosts));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Changed_host_key_is_always_refused_with_its_fingerprint(bool acceptNew)
    {
        await Lab.Hosts[0].ChangeHostKeyAsync();

        HostKeyChangedException failure = Assert.IsType<HostKeyChangedException>(await FailAsync(InProcess with { AcceptNewHostKey = acceptNew }));

        Assert.StartsWith("ssh-ed25519 SHA256:", failure.Fingerprint, StringComparison.Ordinal);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Key_that_the_host_does_not_know_is_refused()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("stranger");
        try
        {
            string key = Path.Combine(folder.FullName, "key");
            using (var keygen = System.Diagnostics.Process.Start("ssh-keygen", ["-q", "-t", "rsa", "-N", "", "-f", key]))
            {
                await keygen.WaitForExitAsync();
            }

            Assert.IsType<AuthenticationFailedException>(await FailAsync(InProcess, new SshLogin { KeyPath = key }));
            await AssertNothingLeftAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Cancelled_save_leaves_nothing()
    {
        using CancellationTokenSource cancel = new();
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab.Hosts[0]);
        Task<Outcome<EtcdSnapshot>[]> save = new Product(Lab) { Options = InProcess }
            .SaveAsync(new SaveRequest { Name = "cancelled" }, [Lab.Hosts[0].Name], cancel.Token);
        await etcdctl.Reached;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => save.WaitAsync(Limit));
        await AssertNothingLeftAsync();
    }

    private Task AssertNothingLeftAsync() => ManagedSshRemains.AssertNoneAsync(Lab.Hosts);
}
