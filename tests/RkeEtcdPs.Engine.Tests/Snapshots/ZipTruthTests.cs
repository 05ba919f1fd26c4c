using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>Whoever reads a zip, from front to back or by its directory, says the same of it.</summary>
public sealed class ZipTruthTests : IDisposable
{
    private const string State = "/etc/kubernetes/two.rkestate";

    private static readonly byte[] Snapshot = Make("two");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zips");

    private string Target => Path.Combine(_folder.FullName, "there");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("backup/two", "backup/two2", true)]
    [InlineData("backup/two", "backup/two2", false)]
    [InlineData("/backup/two", "/backup/two", true)]
    [InlineData("two", "other", false)]
    public Task Zip_with_two_files_that_may_be_the_snapshot_is_corrupt_everywhere(string first, string second, bool streamed)
        => AssertCorruptAsync(Zip(streamed, (first, Snapshot), (State, [1, 2, 3]), (second, Make("other"))));

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Zip_whose_directory_lies_of_the_size_is_corrupt_everywhere(int by)
    {
        const int field = 24;
        foreach (bool streamed in (bool[])[true, false])
        {
            byte[] zip = Zip(streamed, ("/backup/two", Snapshot), (State, [1, 2, 3]));
            Change(zip, zip.AsSpan().IndexOf("PK\x01\x02"u8) + field, by);
            await AssertCorruptAsync(zip);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Zip_that_tells_the_truth_is_verified_everywhere(bool streamed)
    {
        byte[] state = RandomNumberGenerator.GetBytes(100_000);
        foreach ((string, byte[])[] members in ((string, byte[])[][])[[("/backup/two", Snapshot)], [("/backup/two", Snapshot), (State, state)], [("backup/", []), (State, state), ("two", Snapshot)]])
        {
            string path = Write(Zip(streamed, members));

            Assert.True(await IsVerifiedAsync());
            Assert.Equal(SnapshotIntegrity.Sound, (await TestAsync(path)).Integrity);
            foreach (SnapshotPacking packing in Enum.GetValues<SnapshotPacking>())
            {
                CopyOutcome copy = await CopyAsync(path, packing);
                Assert.True(copy.Value is { Verified: true }, copy.Failure?.Message);
                if (packing == SnapshotPacking.Zip)
                {
                    // The state of the cluster, with its keys, stays behind.
                    using ZipArchive made = ZipFile.OpenRead(Path.Combine(Target, "two.zip"));
                    Assert.Equal("/backup/two", Assert.Single(made.Entries).FullName);
                }

                Directory.Delete(Target, recursive: true);
            }
        }
    }

    [Fact]
    public async Task Zip_with_a_long_comment_is_read_to_its_end()
    {
        using MemoryStream bytes = new();
        bytes.Write(Zip(true, ("/backup/two", Snapshot), (State, [1, 2, 3])));
        using (ZipArchive zip = new(bytes, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.Comment = new string('x', ushort.MaxValue);
        }

        string path = Write(bytes.ToArray());
        CopyOutcome copy = await CopyAsync(path, SnapshotPacking.Plain);

        Assert.True(copy.Value is { Verified: true }, copy.Failure?.Message);
        Assert.Equal(Snapshot, await File.ReadAllBytesAsync(Path.Combine(Target, "two")));
    }

    private static byte[] Make(string value) => new EtcdFile().WithBuckets().Put("key", value).Build();

    private static void Change(byte[] zip, int at, int by)
        => BinaryPrimitives.WriteInt32LittleEndian(zip.AsSpan(at), BinaryPrimitives.ReadInt32LittleEndian(zip.AsSpan(at)) + by);

    private static byte[] Zip(bool streamed, params (string Name, byte[] Content)[] members)
    {
        using MemoryStream bytes = new();
        using (ZipArchive zip = new(streamed ? new WriteOnly(bytes) : bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in members)
            {
                using Stream member = zip.CreateEntry(name).Open();
                member.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private static async Task<EtcdSnapshotCheck> TestAsync(string path) => await new SnapshotFileCheck(new Progress<HostEvent>()).RunAsync(path, CancellationToken.None);

    private async Task AssertCorruptAsync(byte[] zip)
    {
        string path = Write(zip);

        Assert.NotEqual(SnapshotIntegrity.Sound, (await TestAsync(path)).Integrity);
        Assert.False(await IsVerifiedAsync());
        foreach (SnapshotPacking packing in Enum.GetValues<SnapshotPacking>())
        {
            Assert.IsType<SnapshotCorruptException>((await CopyAsync(path, packing)).Failure);
            Assert.Empty(Directory.GetFiles(Target));
        }
    }

    private string Write(byte[] zip)
    {
        string path = Path.Combine(_folder.FullName, "two.zip");
        File.WriteAllBytes(path, zip);
        return path;
    }

    private async Task<bool> IsVerifiedAsync()
    {
        IReadOnlyList<PlaceListing> places = await new SnapshotListing(new Progress<HostEvent>()).RunAsync([SnapshotPlace.InFolder(_folder.FullName)], new ListRequest { Verify = true });
        return Assert.Single(Assert.Single(places).Snapshots).Verified;
    }

    private async Task<CopyOutcome> CopyAsync(string path, SnapshotPacking packing)
    {
        await using SnapshotCopy copy = new(new HostOptions(), new CopyRequest { Packing = packing }, new Progress<HostEvent>());
        List<CopyOutcome> outcomes = [];
        await foreach (CopyOutcome outcome in copy.RunAsync([new CopyItem([SnapshotFiles.Describe(path)], [new FolderDestination(Target)])]))
        {
            outcomes.Add(outcome);
        }

        return Assert.Single(outcomes);
    }
}
