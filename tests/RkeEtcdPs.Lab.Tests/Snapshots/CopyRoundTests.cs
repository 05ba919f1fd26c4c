using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Lab.Tests.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

/// <summary>The round of RKE's documentation: save everywhere, make all hosts hold the same, keep it elsewhere, lose it, have it back.</summary>
public sealed class CopyRoundTests(LabFixture fixture) : CopyTest(fixture)
{
    [SkippableFact]
    public async Task Snapshot_of_three_hosts_is_made_identical_kept_elsewhere_lost_and_had_back_on_a_new_host()
    {
        await using S3Server server = await S3Server.StartAsync();
        S3Destination bucket = new(new S3Address(S3Server.Bucket, "lab"), server.Connection);
        await Lab.Hosts[0].PutAsync("kept", "in the snapshot");
        Outcome<EtcdSnapshot>[] saved = await Product.SaveAsync("round");
        EtcdSnapshot first = saved[0].Value!;

        CopyOutcome[] copies = await CopyAsync(
            new CopyRequest { Replace = true }, first, [To(Lab.Hosts[1]), To(Lab.Hosts[2]), ToFolder, bucket]);
        Assert.All(copies, outcome => Assert.True(outcome.Value!.Verified));
        byte[] bytes = BytesOn(Lab.Hosts[0], "round");
        Assert.All(Lab.Hosts, host => Assert.Equal(bytes, BytesOn(host, "round")));

        // A new host has neither the snapshot nor the folder.
        Directory.Delete(Lab.Hosts[1].SnapshotFolder, recursive: true);
        Directory.Delete(Lab.Hosts[2].SnapshotFolder, recursive: true);
        EtcdSnapshot stored = Assert.Single(copies, outcome => outcome.Value!.Location == SnapshotLocation.S3).Value!;
        CopyOutcome fromBucket = Assert.Single(await CopyAsync(new CopyRequest { SourceConnection = server.Connection }, stored, [To(Lab.Hosts[1])]));
        CopyOutcome fromFolder = Assert.Single(await CopyAsync(SnapshotFiles.Describe(Path.Combine(Folder, "round")), To(Lab.Hosts[2])));

        Assert.Equal((first.ContentHash, true), (fromBucket.Value?.ContentHash, fromBucket.Value!.Verified));
        Assert.Equal((first.ContentHash, true), (fromFolder.Value?.ContentHash, fromFolder.Value!.Verified));
        Assert.All(Lab.Hosts, host => Assert.Equal(bytes, BytesOn(host, "round")));
        Assert.Contains("kept", await RestoredEtcd.ReadKeysAsync(PathOn(Lab.Hosts[1], "round")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }
}
