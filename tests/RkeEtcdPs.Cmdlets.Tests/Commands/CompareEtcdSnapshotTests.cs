using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class CompareEtcdSnapshotTests : IDisposable
{
    private readonly SnapshotFolder _folder = new();

    public CompareEtcdSnapshotTests()
    {
        _folder.Write("old.db", SnapshotFolder.Shop().Build());
        _folder.Write("new.db", SnapshotFolder.Shop().Put("/registry/pods/shop/p", "1").Put("/registry/deployments/shop/web", "2").Delete("/registry/secrets/shop/open").Build());
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_difference_is_an_object_with_its_side()
    {
        RecordingHost host = Run(new CompareEtcdSnapshotCommand { Reference = "old.db", Difference = ["new.db"] });

        Assert.Equal(
            [("web", ObjectChange.Changed, "<>"), ("p", ObjectChange.Added, "=>"), ("open", ObjectChange.Removed, "<=")],
            host.Written.Cast<SnapshotDifference>().Select(found => (found.Name!, found.Change, found.SideIndicator)));
        SnapshotDifference changed = (SnapshotDifference)host.Written[0];
        Assert.Equal((_folder.PathOf("old.db"), _folder.PathOf("new.db")), (changed.Reference!.Snapshot, changed.Difference!.Snapshot));
    }

    [Fact]
    public void Filters_hold_for_both()
    {
        RecordingHost host = Run(new CompareEtcdSnapshotCommand { Reference = "old.db", Difference = ["new.db"], Kind = ["pod"] });

        Assert.Equal("p", Assert.IsType<SnapshotDifference>(Assert.Single(host.Written)).Name);
    }

    [Fact]
    public void Without_the_reference_nothing_is_compared()
    {
        TerminatedException ended = Assert.Throws<TerminatedException>(() => Run(new CompareEtcdSnapshotCommand { Reference = "none.db", Difference = ["new.db"] }));

        Assert.Equal("SnapshotNotFound", ended.Failure.Id);
    }

    [Fact]
    public void A_difference_that_fails_is_an_error_and_the_others_are_compared()
    {
        _folder.Write("cut.db", SnapshotFolder.Shop().Build()[..5000]);

        RecordingHost host = Run(new CompareEtcdSnapshotCommand { Reference = "old.db", Difference = ["none.db", "cut.db", "new.db"] });

        Assert.Equal(["SnapshotNotFound", "SnapshotCorrupt"], host.Failures.Select(failure => failure.Id));
        Assert.Equal([_folder.PathOf("none.db"), _folder.PathOf("cut.db")], host.Failures.Select(failure => failure.Target));
        Assert.Equal(3, host.Written.OfType<SnapshotDifference>().Count());
    }

    private RecordingHost Run(CompareEtcdSnapshotCommand cmdlet) => CmdletRun.Run(cmdlet, _folder.Host());
}
