using System.IO.Compression;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Lab.Tests.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>Where the snapshot may come from: a zip on hosts, one host for the others, a file.</summary>
public sealed class SourceTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Zips_of_rke_are_restored_and_given_to_a_host_without_one()
    {
        string before = await SaveAsync();
        foreach (LabHost host in Lab.Hosts)
        {
            string plain = Path.Combine(host.SnapshotFolder, "good");
            if (host != Lab.Hosts[2])
            {
                Pack(plain, plain + ".zip");
            }

            File.Delete(plain);
        }

        string[] volumes = await VolumesAsync();
        await Product.RestoreAsync(new RestoreRequest { Name = "good", SourceNode = "node1", NoComponentRestart = true });

        await AssertHoldsAsync(before);
        Assert.Equal(volumes, await VolumesAsync());
        Assert.All(Lab.Hosts, host => Assert.Equal(["good.zip"], Directory.EnumerateFiles(host.SnapshotFolder).Select(path => Path.GetFileName(path))));

        // Those of containers that were removed without them.
        async Task<string[]> VolumesAsync()
            => await Task.WhenAll(Lab.Hosts.Select(async host => (await host.DockerAsync("volume", "ls", "--quiet", "--filter", "dangling=true")).OrThrow().StandardOutput));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Broken_zip_is_refused()
    {
        await SaveAsync();
        string zip = Path.Combine(Lab.Hosts[1].SnapshotFolder, "good.zip");
        Pack(Path.Combine(Lab.Hosts[1].SnapshotFolder, "good"), zip);
        File.Delete(Path.Combine(Lab.Hosts[1].SnapshotFolder, "good"));
        byte[] bytes = await File.ReadAllBytesAsync(zip);
        bytes[bytes.Length / 3] ^= 0x40;
        await File.WriteAllBytesAsync(zip, bytes);

        RestorePlan plan = await PlanAsync(new RestoreRequest { Name = "good" });

        Assert.Contains(plan.Findings, finding => finding.Node == "node2" && finding.Id == "SnapshotCorrupt");
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task File_is_given_to_the_hosts_that_have_none_and_a_corrupt_or_other_one_is_refused()
    {
        string before = await SaveAsync();
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "files")).FullName, "good");
        File.Copy(Path.Combine(Lab.Hosts[0].SnapshotFolder, "good"), file, overwrite: true);
        File.Delete(Path.Combine(Lab.Hosts[0].SnapshotFolder, "good"));
        File.Delete(Path.Combine(Lab.Hosts[1].SnapshotFolder, "good"));
        EtcdSnapshot given = SnapshotFiles.Describe(file);
        RestorePlan plan = await PlanAsync(new RestoreRequest { Name = "good", Source = given });
        Assert.True(plan.Ready, string.Join('\n', plan.Findings));
        Assert.Equal([file, file, null], plan.Hosts.Select(host => host.CopiedFrom));

        await Product.RestoreAsync(new RestoreRequest { Name = "good", Source = given, NoComponentRestart = true });

        await AssertHoldsAsync(before);
        Assert.All(Lab.Hosts, host => Assert.True(File.Exists(Path.Combine(host.SnapshotFolder, "good"))));
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[9000] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        File.Delete(Path.Combine(Lab.Hosts[2].SnapshotFolder, "good"));
        Assert.Contains((await PlanAsync(new RestoreRequest { Name = "good", Source = SnapshotFiles.Describe(file) })).Findings, finding => finding.Id == "SnapshotCorrupt");
        await Product.SaveAsync("other", "node1");
        File.Copy(Path.Combine(Lab.Hosts[0].SnapshotFolder, "other"), file, overwrite: true);
        Assert.Contains((await PlanAsync(new RestoreRequest { Name = "good", Source = SnapshotFiles.Describe(file) })).Findings, finding => finding.Id == "SnapshotMismatch");
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Zip_in_a_bucket_is_given_to_hosts_of_which_none_has_it()
    {
        await using S3Server server = await S3Server.StartAsync();
        string before = await SaveAsync();
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(Lab.Folder.Root, "files")).FullName, "good");
        File.Copy(Path.Combine(Lab.Hosts[0].SnapshotFolder, "good"), file, overwrite: true);
        EtcdSnapshot? stored = null;
        await using (SnapshotCopy copy = new(Product.Options, new CopyRequest { Packing = SnapshotPacking.Zip }, Product))
        {
            await foreach (CopyOutcome outcome in copy.RunAsync([new CopyItem([SnapshotFiles.Describe(file)], [new S3Destination(new S3Address(S3Server.Bucket, "a"), server.Connection)])]))
            {
                stored = outcome.Value ?? throw outcome.Failure!;
            }
        }

        foreach (LabHost host in Lab.Hosts)
        {
            File.Delete(Path.Combine(host.SnapshotFolder, "good"));
        }

        await Product.RestoreAsync(new RestoreRequest { Name = "good", Source = stored, SourceConnection = server.Connection, NoComponentRestart = true });

        await AssertHoldsAsync(before);
        Assert.All(Lab.Hosts, host => Assert.True(File.Exists(Path.Combine(host.SnapshotFolder, "good.zip"))));
    }

    private Task<RestorePlan> PlanAsync(RestoreRequest request) => new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, request);

    private async Task<string> SaveAsync()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        string before = await Keys.ReadAsync(Lab.Hosts[0]);
        await Keys.WriteAsync(Lab.Hosts[1], "after");
        return before;
    }

    // As RKE does: with full paths, and with the state of the cluster beside the database.
    private static void Pack(string plain, string zip)
    {
        using ZipArchive archive = ZipFile.Open(zip, ZipArchiveMode.Create);
        archive.CreateEntryFromFile(plain, "/backup/good");
        using StreamWriter state = new(archive.CreateEntry("/etc/kubernetes/good.rkestate").Open());
        state.Write("{}");
    }

    private async Task AssertHoldsAsync(string expected)
    {
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal(expected, await Keys.ReadAsync(host));
        }

        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }
}
