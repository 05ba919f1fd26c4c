using System.IO.Compression;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>Copies to where a zip of the name lies already.</summary>
public sealed class ZipCopyTests : FileCopyTest
{
    private static readonly byte[] Snapshot = Make("one");
    private static readonly byte[] Keys = [1, 2, 3];

    private string There => Path.Combine(Target, "one.zip");

    [Theory]
    [InlineData(SnapshotPacking.AsIs)]
    [InlineData(SnapshotPacking.Zip)]
    [InlineData(SnapshotPacking.Plain)]
    public async Task Zip_that_is_copied_again_is_proved_and_left(SnapshotPacking packing)
    {
        string zip = Write(Source, "one.zip", Zip(("/backup/one", Snapshot), (State, Keys)));
        CopyOutcome first = await CopyAsync(zip, packing);
        DateTime written = File.GetLastWriteTimeUtc(first.Value!.Path);
        File.SetLastWriteTimeUtc(first.Value.Path, written -= TimeSpan.FromHours(1));

        foreach (bool replace in (bool[])[false, true])
        {
            CopyOutcome again = await CopyAsync(zip, packing, replace);

            Assert.True(again.Value is { Verified: true, ContentHash.Length: 64 }, again.Failure?.Message);
            Assert.True(Story.Skipped);
            Assert.Equal(written, File.GetLastWriteTimeUtc(first.Value.Path));
        }
    }

    [Fact]
    public async Task Zip_packed_by_another_with_the_same_in_it_is_the_same()
    {
        Write(Target, "one.zip", Zip((State, Keys), ("backup/one", Snapshot)));

        CopyOutcome copy = await CopyAsync(Write(Source, "one.zip", Zip(("/backup/one", Snapshot), (State, Keys))));

        Assert.True(Story.Skipped, copy.Failure?.Message);
    }

    [Fact]
    public async Task Zip_with_the_keys_of_the_cluster_is_not_what_Compress_makes()
    {
        byte[] rke = Zip(("/backup/one", Snapshot), (State, Keys));
        Write(Target, "one.zip", rke);
        foreach (string source in (string[])[Write(Source, "one.zip", rke), Write(Source, "one", Snapshot)])
        {
            SnapshotExistsException refused = AssertFailed<SnapshotExistsException>(await CopyAsync(source, SnapshotPacking.Zip), There, "with the state of the cluster beside it");
            Assert.Contains("-Force", refused.Advice, StringComparison.Ordinal);
            Assert.Equal(rke, await File.ReadAllBytesAsync(There));
        }

        CopyOutcome replaced = await CopyAsync(Path.Combine(Source, "one.zip"), SnapshotPacking.Zip, replace: true);

        Assert.True(replaced.Value is { Verified: true }, replaced.Failure?.Message);
        using (ZipArchive made = ZipFile.OpenRead(There))
        {
            Assert.Equal("/backup/one", Assert.Single(made.Entries).FullName);
        }

        Assert.Null((await CopyAsync(Path.Combine(Source, "one"), SnapshotPacking.Zip)).Failure);
        Assert.True(Story.Skipped);
    }

    [Fact]
    public async Task Zip_that_lacks_the_keys_or_has_others_is_not_the_same()
    {
        string zip = Write(Source, "one.zip", Zip(("/backup/one", Snapshot), (State, Keys)));
        foreach ((byte[] there, string words) in ((byte[], string)[])
        [
            (Zip(("/backup/one", Snapshot)), "without the state"),
            (Zip(("/backup/one", Snapshot), (State, [3, 2, 1])), "another state"),
            (Zip(("/backup/one", Make("other")), (State, Keys)), "its content hashes to"),
            (Zip(("/backup/one", Snapshot), ("/backup/two", Snapshot)), "no whole snapshot"),
        ])
        {
            Write(Target, "one.zip", there);

            AssertFailed<SnapshotExistsException>(await CopyAsync(zip), There, words);
            Assert.Equal(there, await File.ReadAllBytesAsync(There));
        }

        Assert.Null((await CopyAsync(zip, replace: true)).Failure);
        Assert.Equal(await File.ReadAllBytesAsync(zip), await File.ReadAllBytesAsync(There));
    }

    [Fact]
    public async Task Damaged_zip_is_named_and_what_is_there_stays()
    {
        byte[] good = Zip(("/backup/one", Snapshot));
        Write(Target, "one.zip", good);
        byte[] bad = [.. good];
        bad[60] ^= 0x10;

        AssertFailed<SnapshotCorruptException>(await CopyAsync(Write(Source, "one.zip", bad), replace: true), Source);

        Assert.Equal(good, await File.ReadAllBytesAsync(There));
    }

    [Fact]
    public async Task Folder_of_the_name_is_no_reason_to_use_Force()
    {
        Directory.CreateDirectory(There);

        SnapshotExistsException refused = AssertFailed<SnapshotExistsException>(await CopyAsync(Write(Source, "one.zip", Zip(("/backup/one", Snapshot))), replace: true), "a folder at", There);

        Assert.Contains("-Force neither", refused.Advice, StringComparison.Ordinal);
    }
}
