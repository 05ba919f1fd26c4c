using System.IO.Compression;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

public sealed class HostCheckTests(LabFixture fixture) : ProductTest(fixture)
{
    private static readonly int Places = IsLong ? 200 : 40;

    private LabHost Host => Lab.Hosts[0];

    private string[] _volumesBefore = [];

    /// <inheritdoc />
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _volumesBefore = await UnusedVolumesAsync();
    }

    [SkippableFact]
    public async Task Good_copies_pass_with_the_figures_of_etcdctl_and_an_etcd_starts_from_each()
    {
        await Host.PutAsync("a", "1");
        await Host.PutAsync("b", "2");
        await Product.SaveAsync(new SaveRequest { Name = "same", SingleSource = true }, []);

        (EtcdSnapshotCheck[] checks, EtcdSnapshotException[] failures) = await CheckAsync(
            new CheckRequest { MaxAge = TimeSpan.FromHours(1), Identical = true, Rehearse = true });

        Assert.Empty(failures);
        Assert.Equal(["node1", "node2", "node3"], checks.Select(check => check.Node));
        Assert.All(checks, check => Assert.Equal(
            (true, SnapshotIntegrity.Sound, true, true, check.Revision, 2L), (check.Passed, check.Integrity, check.IsIdentical, check.Rehearsed, check.RehearsedRevision, check.RehearsedKeyCount)));
        Assert.All(checks, check => Assert.Equal(check.ContentHash, check.ComputedHash));
        await AssertNoVolumeAsync();
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Copies_in_a_zip_and_of_hostile_names_are_rehearsed_as_all_others()
    {
        await Product.SaveAsync("good", Host.Name);
        File.Copy(PathOf("good"), PathOf("a\nstaged"));
        Pack("one.zip", "backup/one");
        Pack("two.zip", "backup/one", "backup/two");

        (EtcdSnapshotCheck[] checks, EtcdSnapshotException[] failures) = await CheckAsync(new CheckRequest { Names = ["a\nstaged", "one.zip", "two.zip"], Rehearse = true }, default, Host.Name);

        Assert.Empty(failures);
        Assert.Equal([("a\nstaged", true), ("one", true), ("two", false)], checks.OrderBy(check => check.Path, StringComparer.Ordinal).Select(check => (check.Name!, check.Rehearsed ?? false)));
        Assert.Contains(checks.Single(check => check.Name == "two").Failures, failure => failure.Message.Contains("holds 2 files", StringComparison.Ordinal));
        await AssertNoVolumeAsync();

        void Pack(string file, params string[] members)
        {
            using ZipArchive zip = ZipFile.Open(PathOf(file), ZipArchiveMode.Create);
            Array.ForEach(members, member => zip.CreateEntryFromFile(PathOf("good"), member));
        }
    }

    [SkippableFact]
    public async Task Damage_anywhere_is_found()
    {
        await Host.PutAsync("key", "value");
        EtcdSnapshot saved = Assert.Single(await Product.SaveAsync("good", Host.Name)).Value!;
        byte[] good = await File.ReadAllBytesAsync(PathOf("good"));
        Random random = new(20260122);
        List<string> names = ["good"];
        for (int index = 0; index < Places; index++)
        {
            byte[] bytes = [.. good];
            int place = random.Next(good.Length);
            bytes[place] ^= (byte)(1 << random.Next(8));
            // A truncation at every fifth place: most of them do not even end as a snapshot does.
            bool cut = index % 5 == 0;
            names.Add(cut ? $"cut{index}" : $"flip{index}");
            await File.WriteAllBytesAsync(PathOf(names[^1]), cut ? good[..place] : bytes);
        }

        // The script as the product runs it, for each file, in a few containers side by side: one after the other would take a minute.
        string[] outputs = await Task.WhenAll(names.Chunk((Places / 5) + 1).Select(async some => (await Host.DockerAsync(
            [
                "run", "--rm", "--network", "none", "--volume", "/opt/rke/etcd-snapshots:/snapshots:ro", "--entrypoint", "sh", "rancher/rke-tools:lab",
                "-c", "script=$1; shift; for name do echo \"==== $name\"; sh -c \"$script\" check-snapshot \"$name\"; done", "-", EmbeddedScript.Read("check-snapshot.sh"), .. some,
            ])).OrThrow().StandardOutput));
        string output = string.Concat(outputs);

        Dictionary<string, EtcdSnapshotCheck> checks = output.Split("==== ", StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('\n')).ToDictionary(
            lines => lines[0],
            lines =>
            {
                Dictionary<string, string> facts = new(StringComparer.Ordinal);
                Array.ForEach(lines[1..], line => HostProof.Add(facts, new ContainerLine(line, IsError: false)));
                return HostProof.Describe(saved, facts);
            });

        Assert.Equal(Places + 1, checks.Count);
        Assert.Equal(["good"], checks.Where(check => check.Value.Integrity == SnapshotIntegrity.Sound).Select(check => check.Key));
        Assert.All(checks.Where(check => check.Key.StartsWith("flip", StringComparison.Ordinal)), check => Assert.Equal((check.Key, SnapshotIntegrity.Corrupt), (check.Key, check.Value.Integrity)));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Bad_old_and_different_copies_do_not_pass_and_say_why()
    {
        await Product.SaveAsync(new SaveRequest { Name = "same", SingleSource = true }, []);
        byte[] bytes = await File.ReadAllBytesAsync(PathOf("same"));
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(PathOf("same"), bytes);

        (EtcdSnapshotCheck[] checks, _) = await CheckAsync(new CheckRequest { Names = ["same"], MaxAge = TimeSpan.Zero, Identical = true, Rehearse = true });

        EtcdSnapshotCheck bad = checks[0];
        Assert.Equal((SnapshotIntegrity.Corrupt, false, false, false), (bad.Integrity, bad.Passed, bad.IsIdentical, bad.Rehearsed));
        Assert.Equal(["SnapshotTooOld", "SnapshotMismatch", "RehearsalFailed"], bad.Failures.Select(failure => failure.Id));
        Assert.Contains("restore ended with exit code", bad.Failures[^1].Message);
        Assert.Contains("node1, node2 and node3 differ", bad.Failures[1].Message);
        Assert.Equal((SnapshotIntegrity.Sound, false, true), (checks[1].Integrity, checks[1].Passed, checks[1].Rehearsed));

        // Its trailer is that of the others.
        bytes[^1] ^= 1;
        bytes[9_000] ^= 1;
        await File.WriteAllBytesAsync(PathOf("same"), bytes);
        (checks, _) = await CheckAsync(new CheckRequest { Names = ["same"], Identical = true });
        Assert.Equal((SnapshotIntegrity.Corrupt, false, 0), (checks[0].Integrity, checks[0].IsIdentical, checks[0].Failures.Count));
        await AssertNoVolumeAsync();
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_without_a_snapshot_fails_and_the_newest_of_the_others_is_checked()
    {
        await Product.SaveAsync("old", "node1");
        await Task.Delay(1100);
        await Product.SaveAsync("new", "node1", "node2");

        (EtcdSnapshotCheck[] checks, EtcdSnapshotException[] failures) = await CheckAsync(new CheckRequest());

        Assert.Equal(["node1 new", "node2 new"], checks.Select(check => $"{check.Node} {check.Name}"));
        Assert.Contains("node3", Assert.IsType<SnapshotNotFoundException>(Assert.Single(failures)).Message);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Rehearsal_that_is_cancelled_leaves_nothing()
    {
        await Host.FillAsync(24 * 1024 * 1024);
        await Product.SaveAsync("big", Host.Name);
        using CancellationTokenSource stop = new();
        Task<(EtcdSnapshotCheck[], EtcdSnapshotException[])> rehearsing = CheckAsync(new CheckRequest { Names = ["big"], Rehearse = true }, stop.Token, Host.Name);
        while (!(await Host.DockerAsync("ps", "--filter", "name=etcdsnapshot-rehearsal-", "--format", "{{.Names}}")).OrThrow().StandardOutput.Contains("etcdsnapshot-rehearsal-", StringComparison.Ordinal))
        {
            Assert.False(rehearsing.IsCompleted);
            await Task.Delay(50);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rehearsing);

        await AssertNoVolumeAsync();
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Etcd_image_without_a_shell_rehearses_too()
    {
        await using Lab lab = await LabVariants.StartAsync(LabVariants.OneHost() with { EtcdShell = false });
        Product product = new(lab);
        await lab.Hosts[0].PutAsync("kept", "1");
        Assert.NotNull(Assert.Single(await product.SaveAsync("one")).Value);

        (EtcdSnapshotCheck[] checks, EtcdSnapshotException[] failures) = await CheckAsync(product, new CheckRequest { Rehearse = true }, CancellationToken.None);

        Assert.Empty(failures);
        Assert.Equal((true, true, 1L), (checks[0].Passed, checks[0].Rehearsed, checks[0].RehearsedKeyCount));
        await Remains.AssertNoneOnAsync(lab.Hosts);
    }

    private string PathOf(string name) => Path.Combine(Host.SnapshotFolder, name);

    // Those that no container uses: other tests may have left the one of a sidekick that they removed.
    private async Task AssertNoVolumeAsync() => Assert.Equal(_volumesBefore, await UnusedVolumesAsync());

    private async Task<string[]> UnusedVolumesAsync() => await Task.WhenAll(
        Lab.Hosts.Select(async host => (await host.DockerAsync("volume", "ls", "-q", "--filter", "dangling=true")).OrThrow().StandardOutput));

    private Task<(EtcdSnapshotCheck[] Checks, EtcdSnapshotException[] Failures)> CheckAsync(CheckRequest request, CancellationToken cancellationToken = default, params string[] nodes)
        => CheckAsync(Product, request, cancellationToken, nodes);

    private static async Task<(EtcdSnapshotCheck[] Checks, EtcdSnapshotException[] Failures)> CheckAsync(
        Product product, CheckRequest request, CancellationToken cancellationToken, params string[] nodes)
    {
        List<EtcdSnapshotCheck> checks = [];
        var hosts = product.Nodes(nodes);
        var failures = await new HostSnapshotCheck(product, TimeProvider.System).RunAsync(
            hosts,
            [.. product.Nodes().Except(hosts)],
            request,
            product.Options,
            null,
            new ListRequest(),
            check =>
            {
                lock (checks)
                {
                    checks.Add(check);
                }
            },
            cancellationToken);
        return ([.. checks.OrderBy(check => check.Node, StringComparer.Ordinal)], [.. failures.Select(failure => failure.Failure)]);
    }
}
