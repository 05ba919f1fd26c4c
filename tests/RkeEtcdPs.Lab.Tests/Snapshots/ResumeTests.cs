using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Lab.Tests.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

/// <summary>A copy to a folder that breaks, and another that goes on from there.</summary>
public sealed class ResumeTests(LabFixture fixture) : CopyTest(fixture)
{
    private const long Some = 12 << 20;

    private static CopyRequest Resume => new() { Resume = true };

    private string Part => Path.Combine(Folder, SnapshotFolder.PartName("one"));

    [SkippableFact]
    public async Task Copy_from_a_host_that_broke_goes_on_from_what_arrived()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);
        AtBytes fault = new(Folder, Some, () => Lab.Hosts[0].KillSshdAsync().Wait());
        Assert.NotNull(Assert.Single(await CopyAsync(Resume, snapshot, [ToFolder], fault)).Failure);
        EtcdSnapshot left = SnapshotFiles.Describe(Assert.Single(Directory.GetFiles(Folder)));
        Assert.Equal(("one", SnapshotKind.Unfinished), (left.Name, left.Kind));
        await Lab.Hosts[0].StartSshdAsync();

        List<string> story = [];
        CopyOutcome outcome = Assert.Single(await CopyAsync(Resume, snapshot, [ToFolder], new Told(story)));

        Assert.True(outcome.Value?.Verified, outcome.Failure?.ToString());
        Assert.Contains(story, line => line.Contains($"Going on behind the {left.Size} bytes", StringComparison.Ordinal));
        Assert.Equal(BytesOn(Lab.Hosts[0]), await File.ReadAllBytesAsync(Path.Combine(Folder, "one")));
        Assert.Single(Directory.GetFiles(Folder));
        // On the first the helper of the copy that broke is left, which is not swept while its client lives.
        await Remains.AssertNoneOnAsync([Lab.Hosts[1], Lab.Hosts[2]]);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_is_not_how_the_source_begins_is_written_over()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: 4 << 20);
        byte[] bytes = BytesOn(Lab.Hosts[0]);
        byte[] rotten = bytes[..(3 << 20)];
        rotten[1 << 20] ^= 1;
        Leave(rotten);
        List<string> story = [];

        Assert.True(Assert.Single(await CopyAsync(Resume, snapshot, [ToFolder], new Told(story))).Value?.Verified);

        Assert.Contains(story, line => line.Contains("Beginning anew", StringComparison.Ordinal));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(Folder, "one")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Folder_and_bucket_are_gone_on_from_and_a_host_is_refused_before_any_change()
    {
        await using S3Server server = await S3Server.StartAsync();
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: 4 << 20);
        byte[] bytes = BytesOn(Lab.Hosts[0]);
        string store = Path.Combine(Folder, "store");
        CopyOutcome[] copies = await CopyAsync(snapshot, new FolderDestination(store), new S3Destination(new S3Address(S3Server.Bucket), server.Connection));

        foreach (EtcdSnapshot copy in copies.Select(outcome => outcome.Value!))
        {
            Leave(bytes[..(3 << 20)]);
            List<string> story = [];
            CopyOutcome outcome = Assert.Single(await CopyAsync(Resume with { SourceConnection = server.Connection }, copy, [ToFolder], new Told(story)));
            Assert.True(outcome.Value?.Verified, outcome.Failure?.ToString());
            Assert.Contains(story, line => line.Contains($"Going on behind the {3 << 20} bytes", StringComparison.Ordinal));
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(Folder, "one")));
            File.Delete(Path.Combine(Folder, "one"));
        }

        await Assert.ThrowsAsync<ResumeNotPossibleException>(() => CopyAsync(Resume, snapshot, [ToFolder, To(Lab.Hosts[1])]));
        await Assert.ThrowsAsync<ResumeNotPossibleException>(() => CopyAsync(Resume with { Packing = SnapshotPacking.Zip }, snapshot, [ToFolder]));
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.False(Directory.Exists(Lab.Hosts[1].SnapshotFolder));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private void Leave(byte[] bytes)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Part, bytes);
        File.SetUnixFileMode(Part, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private sealed class Told(List<string> lines) : IProgress<HostEvent>
    {
        public void Report(HostEvent value)
        {
            if (value is HostMessage message)
            {
                lock (lines)
                {
                    lines.Add(message.Message);
                }
            }
        }
    }
}
