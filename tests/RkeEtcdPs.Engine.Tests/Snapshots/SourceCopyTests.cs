using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>Copies of which some source is damaged, although all list the same hash.</summary>
public sealed class SourceCopyTests : FileCopyTest
{
    private static readonly byte[] Snapshot = Make("one");

    [Fact]
    public async Task Another_copy_of_the_same_hash_is_read_when_the_first_is_damaged()
    {
        EtcdSnapshot bad = Describe("a", Damage());
        EtcdSnapshot good = Describe("b", Snapshot);
        Assert.Equal(bad.ContentHash, good.ContentHash);
        string[] targets = [Path.Combine(Target, "x"), Path.Combine(Target, "y")];

        IReadOnlyList<CopyOutcome> copies = await CopyAsync([bad, good], targets);

        Assert.Equal(2, copies.Count);
        Assert.All(copies, copy => Assert.True(copy.Value is { Verified: true }, copy.Failure?.Message));
        Assert.All(targets, target => Assert.Equal(Snapshot, File.ReadAllBytes(Assert.Single(Directory.GetFiles(target)))));
        Assert.True(Story.Says<HostWarning>($"It cannot be the source. {bad.Path} is corrupt"));
        Assert.True(Story.Says<HostMessage>($"from {good.Path}"));
    }

    [Fact]
    public async Task Error_names_all_copies_that_were_tried_and_each_target_has_one_of_its_own()
    {
        EtcdSnapshot[] bad = [Describe("a", Damage()), Describe("b", Damage())];
        string[] targets = [Path.Combine(Target, "x"), Path.Combine(Target, "y")];

        IReadOnlyList<CopyOutcome> copies = await CopyAsync(bad, targets);

        Assert.Equal(2, copies.Count);
        Assert.All(copies, copy => AssertFailed<SnapshotCorruptException>(copy, $"{bad[0].Path} is corrupt", $"{bad[1].Path} is corrupt"));
        Assert.All(targets, target => Assert.Empty(Directory.GetFiles(target)));
    }

    [Fact]
    public void What_a_failure_came_to_at_one_place_is_not_said_of_another()
    {
        SnapshotCorruptException shared = new("it is damaged");

        var first = shared.With("What was at x is still there.");
        var second = shared.With("What was at y is still there.");

        Assert.Equal($"{shared.Message} What was at x is still there.", first.Message);
        Assert.Equal($"{shared.Message} What was at y is still there.", second.Message);
        Assert.True(first.Is(shared) && second.Is(first) && !first.Is(new SnapshotCorruptException("it is damaged")));
    }

    private static byte[] Damage()
    {
        byte[] bytes = [.. Snapshot];
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    private EtcdSnapshot Describe(string folder, byte[] bytes) => SnapshotFiles.Describe(Write(Directory.CreateDirectory(Path.Combine(Source, folder)).FullName, "one", bytes));
}
