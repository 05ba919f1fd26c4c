using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>Copies of files of this machine to a folder, more than one at a time: no hosts are needed.</summary>
public sealed class FolderCopyTests : S3Test
{
    private string Target => Path.Combine(Folder, "there");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clients_that_copy_one_name_at_the_same_time_do_each_other_no_harm(bool resume)
    {
        EtcdSnapshot file = Make("one", Large);
        FolderDestination there = new(Target);
        EtcdSnapshot? other = null;
        // From its beginning to its end, while the first is in the middle.
        Watch story = new(value =>
        {
            if (other is null && value is HostProgress { Status: "sending", Done: > Large / 2 })
            {
                other = Single(CopyAsync(file, [there], replace: true, resume: resume).Result);
            }
        });

        EtcdSnapshot copy = Single(await CopyAsync(file, [there], replace: true, story: story, resume: resume));

        Assert.True(copy.Verified && other!.Verified);
        Assert.Equal([copy.Path], Directory.GetFiles(Target));
        Assert.Equal(await File.ReadAllBytesAsync(file.Path), await File.ReadAllBytesAsync(copy.Path));
    }

    [Theory]
    [InlineData(".one.etcdsnapshot.part")]
    [InlineData(".one.etcdsnapshot-0a1b2c3d.part")]
    public async Task What_a_killed_client_left_is_gone_on_with(string left)
    {
        EtcdSnapshot file = Make("one", Large);
        await LeaveAsync(left, file);
        EtcdSnapshot unfinished = SnapshotFiles.Describe(Path.Combine(Target, left));
        Assert.Equal(("one", SnapshotKind.Unfinished), (unfinished.Name, unfinished.Kind));
        bool resumed = false;

        EtcdSnapshot copy = Single(await CopyAsync(
            file, [new FolderDestination(Target)], resume: true, story: new Watch(value => resumed |= value is HostMessage message && message.Message.Contains($"Going on behind the {Large / 2} bytes", StringComparison.Ordinal))));

        Assert.True(resumed);
        Assert.Equal([copy.Path], Directory.GetFiles(Target));
        Assert.Equal(await File.ReadAllBytesAsync(file.Path), await File.ReadAllBytesAsync(copy.Path));
    }

    [Fact]
    [Trait("Speed", "Long")]
    public async Task What_a_killed_client_left_is_removed_when_it_is_old_and_nobody_holds_it()
    {
        EtcdSnapshot file = Make("one", 9_000);
        string[] names = [".one.etcdsnapshot-00000001.part", ".one.etcdsnapshot-00000002.part", ".one.etcdsnapshot-00000003.part", ".one.1.etcdsnapshot-00000004.part"];
        foreach (string name in names)
        {
            await LeaveAsync(name, file);
            File.SetLastWriteTimeUtc(Path.Combine(Target, name), DateTime.UtcNow - (name == names[1] ? TimeSpan.Zero : TimeSpan.FromHours(1)));
        }

        using (FileStream held = new(Path.Combine(Target, names[2]), FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete))
        {
            Single(await CopyAsync(file, [new FolderDestination(Target)]));
        }

        Assert.Equal([names[3], names[1], names[2], "one"], Directory.GetFiles(Target).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    [Trait("Speed", "Long")]
    public async Task Zip_that_is_checked_as_it_is_read_has_the_size_of_its_database()
    {
        EtcdSnapshot file = Make("one", 3_000_000);
        EtcdSnapshot zip = Single(await CopyAsync(file, new FolderDestination(Target), packing: SnapshotPacking.Zip));
        await using FolderStore store = new(Target);

        EtcdSnapshotCheck check = await new SnapshotProof(store, new Progress<HostEvent>()).RunAsync(zip, CancellationToken.None);

        Assert.NotEqual(file.Size, zip.Size);
        Assert.Equal((SnapshotIntegrity.Sound, file.Size), (check.Integrity, check.Size));
    }

    private async Task LeaveAsync(string name, EtcdSnapshot file)
    {
        string path = Path.Combine(Directory.CreateDirectory(Target).FullName, name);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(file.Path))[..(int)Math.Min(Large / 2, file.Size)]);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private sealed class Watch(Action<HostEvent> look) : IProgress<HostEvent>
    {
        public void Report(HostEvent value) => look(value);
    }
}
