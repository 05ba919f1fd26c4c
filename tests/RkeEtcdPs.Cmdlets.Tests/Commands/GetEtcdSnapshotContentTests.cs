using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Tests.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

/// <summary>Its switches are tested in PowerShell: those of the reference assembly forget what they are set to.</summary>
public sealed class GetEtcdSnapshotContentTests : IDisposable
{
    private readonly SnapshotFolder _folder = new();

    public GetEtcdSnapshotContentTests() => _folder.Write("a.db", SnapshotFolder.Shop().Build());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Objects_come_with_the_file_they_are_in_and_without_values()
    {
        SnapshotObject[] items = Objects(Run(new GetEtcdSnapshotContentCommand()));

        Assert.Equal(["open", "locked", "settings", "web"], items.Select(item => item.Name));
        Assert.All(items, item => Assert.Equal((_folder.PathOf("a.db"), null, null, null), (item.Snapshot, item.Raw, item.Value, item.Data)));
    }

    [Fact]
    public void All_filters_reach_the_reader()
    {
        GetEtcdSnapshotContentCommand cmdlet = new() { Kind = ["secret"], Namespace = ["s*"], Name = ["[k-m]*"], Key = "/registry/secrets/", AtRevision = 4 };

        Assert.Equal("locked", Assert.Single(Objects(Run(cmdlet))).Name);
    }

    [Fact]
    public void A_file_or_revision_that_fails_is_an_error_and_the_others_are_read()
    {
        _folder.Write("b.db", SnapshotFolder.Shop().Build()[..5000]);
        _folder.Write("c.db", SnapshotFolder.Shop().Put("more", "1").Build());

        RecordingHost host = CmdletRun.Run(new GetEtcdSnapshotContentCommand { AtRevision = 6, Path = ["*.db", "none.db"] }, _folder.Host());

        Assert.Equal(["RevisionUnavailable", "SnapshotCorrupt", "SnapshotNotFound"], host.Failures.Select(failure => failure.Id));
        Assert.Equal(5, Objects(host).Length);
    }

    [Fact]
    public void When_the_next_command_has_enough_the_reading_ends()
    {
        EtcdFile file = new EtcdFile().WithBuckets();
        for (int key = 0; key < 20_000; key++)
        {
            file.Put($"/registry/pods/ns/{key:d5}", "x");
        }

        _folder.Write("many.db", file.Build());
        RecordingHost host = _folder.Host();
        host.Downstream = _ => throw new InvalidOperationException("enough");

        Assert.Throws<InvalidOperationException>(() => CmdletRun.Run(new GetEtcdSnapshotContentCommand { Path = ["many.db"] }, host));
        Assert.Single(host.Written);
    }

    private static SnapshotObject[] Objects(RecordingHost host) => [.. host.Written.OfType<SnapshotObject>()];

    private RecordingHost Run(GetEtcdSnapshotContentCommand cmdlet)
    {
        cmdlet.Path = ["a.db"];
        return CmdletRun.Run(cmdlet, _folder.Host());
    }
}
