using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Snapshots;

public sealed class CopyTests(LabFixture fixture) : CopyTest(fixture)
{
    [SkippableFact]
    public async Task One_read_feeds_hosts_that_have_no_folder_yet_and_a_folder()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], fill: Large);

        CopyOutcome[] outcomes = await CopyAsync(snapshot, To(Lab.Hosts[1]), To(Lab.Hosts[2]), ToFolder);

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Assert.All(outcomes, outcome => Assert.Equal((snapshot.ContentHash, true, snapshot.Size), (outcome.Value!.ContentHash, outcome.Value.Verified, outcome.Value.Size)));
        byte[] bytes = BytesOn(Lab.Hosts[0]);
        Assert.Equal(bytes, BytesOn(Lab.Hosts[1]));
        Assert.Equal(bytes, BytesOn(Lab.Hosts[2]));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(Folder, "one")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOn(Lab.Hosts[1])));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Folder, "one")));
        Assert.Single(Directory.GetFiles(Folder));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Copy_in_a_folder_goes_back_to_an_empty_host()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0]);
        await CopyAsync(snapshot, ToFolder);
        byte[] bytes = BytesOn(Lab.Hosts[0]);
        Directory.Delete(Lab.Hosts[0].SnapshotFolder, recursive: true);

        CopyOutcome back = Assert.Single(await CopyAsync(SnapshotFiles.Describe(Path.Combine(Folder, "one")), To(Lab.Hosts[0])));

        Assert.Null(back.Failure);
        Assert.Equal(bytes, BytesOn(Lab.Hosts[0]));
        Assert.Equal(snapshot.Revision, back.Value!.Revision);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Identical_copy_is_proved_and_left_and_a_damaged_one_is_not_taken_for_it()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0]);
        await CopyAsync(snapshot, To(Lab.Hosts[1]), ToFolder);
        DateTime written = File.GetLastWriteTimeUtc(PathOn(Lab.Hosts[1]));

        CopyOutcome[] again = await CopyAsync(snapshot, To(Lab.Hosts[1]), ToFolder);

        Assert.All(again, outcome => Assert.True(outcome.Value!.Verified));
        Assert.Equal(written, File.GetLastWriteTimeUtc(PathOn(Lab.Hosts[1])));
        Flip(PathOn(Lab.Hosts[1]), 5000);
        Flip(Path.Combine(Folder, "one"), 5000);
        Assert.All(await CopyAsync(snapshot, To(Lab.Hosts[1]), ToFolder), outcome => Assert.Contains("damaged", Assert.IsType<SnapshotExistsException>(outcome.Failure).Message));
        Assert.All(await CopyAsync(new CopyRequest { Replace = true }, snapshot, [To(Lab.Hosts[1]), ToFolder]), outcome => Assert.Null(outcome.Failure));
        Assert.Equal(BytesOn(Lab.Hosts[0]), BytesOn(Lab.Hosts[1]));
        Assert.Equal(BytesOn(Lab.Hosts[0]), await File.ReadAllBytesAsync(Path.Combine(Folder, "one")));
    }

    [SkippableFact]
    public async Task Other_content_of_the_name_stays_unless_it_is_to_be_replaced()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0]);
        await Lab.Hosts[1].PutAsync("more", "than before");
        await SaveAsync(Lab.Hosts[1]);
        byte[] other = BytesOn(Lab.Hosts[1]);
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "one"), "mine");

        CopyOutcome[] refused = await CopyAsync(snapshot, To(Lab.Hosts[1]), To(Lab.Hosts[2]), ToFolder);

        Assert.Equal(2, refused.Count(outcome => outcome.Failure is SnapshotExistsException));
        Assert.Equal(Lab.Hosts[2].Name, Assert.Single(refused, outcome => outcome.Failure is null).Value!.Node);
        Assert.Equal(other, BytesOn(Lab.Hosts[1]));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(Folder, "one")));
        Assert.All(await CopyAsync(new CopyRequest { Replace = true }, snapshot, [To(Lab.Hosts[1]), ToFolder]), outcome => Assert.True(outcome.Value!.Verified));
        Assert.Equal(BytesOn(Lab.Hosts[0]), BytesOn(Lab.Hosts[1]));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Zip_is_what_RKE_makes_and_comes_back_as_it_was()
    {
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], "rke_2026-11-22T10:00:00+01:00", fill: 4 << 20);
        CopyOutcome[] zips = await CopyAsync(new CopyRequest { Packing = SnapshotPacking.Zip }, snapshot, [To(Lab.Hosts[1]), ToFolder]);

        Assert.All(zips, outcome => Assert.True(outcome.Value is { IsZip: true, Verified: true } && outcome.Value.ContentHash == snapshot.ContentHash));
        string zip = Path.Combine(Folder, snapshot.Name + ".zip");
        Assert.Equal(await File.ReadAllBytesAsync(zip), BytesOn(Lab.Hosts[1], snapshot.Name + ".zip"));
        Assert.Equal($"/backup/{snapshot.Name}", Assert.Single(System.IO.Compression.ZipFile.OpenRead(zip).Entries).FullName);

        EtcdSnapshot packed = SnapshotFiles.Describe(zip);
        CopyOutcome[] back = [.. await CopyAsync(new CopyRequest { Packing = SnapshotPacking.Plain }, packed, [To(Lab.Hosts[2])]), .. await CopyAsync(packed, To(Lab.Hosts[2]))];
        Assert.All(back, outcome => Assert.Null(outcome.Failure));
        Assert.Equal(BytesOn(Lab.Hosts[0], snapshot.Name), BytesOn(Lab.Hosts[2], snapshot.Name));
        Assert.Equal(await File.ReadAllBytesAsync(zip), BytesOn(Lab.Hosts[2], snapshot.Name + ".zip"));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Names_that_Windows_cannot_hold_come_back_from_a_folder()
    {
        const string name = "rke_etcd_snapshot_2026-11-22T10:00:00+01:00";
        EtcdSnapshot snapshot = await SaveAsync(Lab.Hosts[0], name);

        await CopyAsync(snapshot, new FolderDestination(Folder, WindowsNames: true));

        string file = Assert.Single(Directory.GetFiles(Folder));
        Assert.DoesNotContain(':', Path.GetFileName(file));
        EtcdSnapshot described = SnapshotFiles.Describe(file);
        Assert.Equal(name, described.Name);
        Assert.Null(Assert.Single(await CopyAsync(described, To(Lab.Hosts[1]))).Failure);
        Assert.True(File.Exists(PathOn(Lab.Hosts[1], name)));
    }

    private static void Flip(string path, long at)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        int value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 1));
    }
}
