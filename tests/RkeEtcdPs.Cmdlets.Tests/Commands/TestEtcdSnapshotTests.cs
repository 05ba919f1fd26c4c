using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class TestEtcdSnapshotTests : IDisposable
{
    private readonly SnapshotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sound_file_gives_its_figures()
    {
        string path = _folder.Write("a.db", SnapshotFolder.Shop().Build());

        EtcdSnapshotCheck check = Assert.IsType<EtcdSnapshotCheck>(Assert.Single(Run("a.db").Written));

        Assert.Equal((path, SnapshotIntegrity.Sound, 5L, 4L, 42UL), (check.Path, check.Integrity, check.Revision, check.LiveKeyCount, check.ConsistentIndex));
        Assert.Equal(check.ContentHash, check.ComputedHash);
        Assert.Empty(check.Faults);
    }

    [Fact]
    public void A_corrupt_file_is_an_object_and_an_error_and_the_others_are_checked()
    {
        string damaged = _folder.WriteDamaged("a.db");
        _folder.Write("b.db", []);
        _folder.WriteZip("c.db");

        RecordingHost host = Run("*.db");

        Assert.Equal(
            [SnapshotIntegrity.Corrupt, SnapshotIntegrity.Corrupt, SnapshotIntegrity.Sound],
            host.Written.OfType<EtcdSnapshotCheck>().Select(check => check.Integrity));
        Assert.Equal(["SnapshotCorrupt", "SnapshotCorrupt"], host.Failures.Select(failure => failure.Id));
        CmdletFailure first = host.Failures.First();
        Assert.Equal(damaged, first.Target);
        Assert.StartsWith(damaged, first.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_without_a_hash_is_unknown_and_no_error()
    {
        _folder.Write("db", new EtcdFile(new BoltFile { Sealed = false }).WithBuckets().Put("a", "1").Build());

        EtcdSnapshotCheck check = Assert.IsType<EtcdSnapshotCheck>(Assert.Single(Run("db").Written));

        Assert.Equal((SnapshotIntegrity.Unknown, null), (check.Integrity, check.ContentHash));
    }

    [Fact]
    public void What_is_not_there_or_a_folder_is_an_error_of_its_own()
    {
        Directory.CreateDirectory(_folder.PathOf("folder"));

        RecordingHost host = Run("none.db", "folder");

        Assert.Equal(["SnapshotNotFound", "SnapshotNotFound"], host.Failures.Select(failure => failure.Id));
        Assert.Equal(2, host.Written.Count);
    }

    private RecordingHost Run(params string[] paths) => CmdletRun.Run(new TestEtcdSnapshotCommand { Path = paths }, _folder.Host());
}
