using System.Globalization;
using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

/// <summary>Get-, Select- and Remove-EtcdSnapshot on folders.</summary>
public sealed class SnapshotListTests : IDisposable
{
    private readonly SnapshotFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_is_listed_as_what_it_holds()
    {
        _folder.Write("good", SnapshotFolder.Shop().Build());
        _folder.WriteDamaged("bad");
        _folder.WriteZip("rke.zip");
        _folder.Write("x.part", [1]);
        _folder.Write("empty", []);
        _folder.Write("notes", [1, 2, 3]);

        Dictionary<string, EtcdSnapshot> listed = Listed(Get(".")).ToDictionary(snapshot => Path.GetFileName(snapshot.Path));

        Assert.Equal(
            [("bad", SnapshotKind.OneTime), ("empty", SnapshotKind.Empty), ("good", SnapshotKind.OneTime), ("notes", SnapshotKind.Foreign), ("rke.zip", SnapshotKind.OneTime), ("x.part", SnapshotKind.Unfinished)],
            listed.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => (item.Key, item.Value.Kind)));
        Assert.Equal(("rke", true, null), (listed["rke.zip"].Name, listed["rke.zip"].IsZip, listed["rke.zip"].ContentHash));
        Assert.Equal(listed["good"].ContentHash, listed["bad"].ContentHash);
        Assert.Equal([listed["bad"].Path], listed["good"].Identical);
    }

    [Fact]
    public void Missing_path_or_name_is_an_error_and_the_others_are_listed()
    {
        _folder.Write("good", SnapshotFolder.Shop().Build());

        RecordingHost host = CmdletRun.Run(new GetEtcdSnapshotCommand { LiteralPath = [_folder.PathOf("good"), _folder.PathOf("none")], Name = ["good", "gone"] }, _folder.Host());

        Assert.Equal("good", Assert.Single(Listed(host)).Name);
        Assert.Equal(["SnapshotNotFound", "SnapshotNotFound"], host.Failures.Select(failure => failure.Id));
    }

    [Fact]
    public void Last_of_a_folder_is_not_removed_and_an_older_one_is()
    {
        DateTime yesterday = DateTime.UtcNow.AddDays(-1);
        string old = _folder.Write("old", SnapshotFolder.Shop().Put("/registry/x", [1]).Build());
        File.SetLastWriteTimeUtc(old, yesterday);
        string last = _folder.Write("new", SnapshotFolder.Shop().Build());

        TerminatedException ended = Assert.Throws<TerminatedException>(() => Remove(new RecordingHost { Location = _folder.PathOf("") }, old, last));
        Assert.Equal("RemovalNotSafe", ended.Failure.Id);
        Assert.True(File.Exists(old));
        Remove(new RecordingHost { Location = _folder.PathOf(""), Answer = false }, old);
        Assert.True(File.Exists(old));
        RecordingHost removed = Remove(new RecordingHost { Location = _folder.PathOf("") }, old);

        Assert.Equal([$"SHOULD Remove etcd snapshot {old}"], removed.Written.OfType<string>().Where(text => text.StartsWith("SHOULD", StringComparison.Ordinal)));
        Assert.Equal((false, true), (File.Exists(old), File.Exists(last)));
    }

    [Fact]
    public void Selection_gives_the_objects_themselves()
    {
        EtcdSnapshot[] snapshots = [.. Enumerable.Range(0, 4).Select(day => Snapshot($"s{day}", DateTime.UtcNow.AddDays(-day)))];

        RecordingHost kept = Select(new SelectEtcdSnapshotCommand { KeepLast = 3 }, snapshots);

        Assert.Equal(snapshots[..3], kept.Written);
        Assert.Same(snapshots[0], kept.Written[0]);
    }

    [Fact]
    public void Selection_from_what_nobody_verified_gives_nothing_and_says_why()
    {
        EtcdSnapshot[] snapshots = [.. Enumerable.Range(0, 4).Select(day => Snapshot($"s{day}", DateTime.UtcNow.AddDays(-day)) with { Verified = false })];

        RecordingHost expired = Select(new SelectEtcdSnapshotCommand { KeepLast = 1, Expired = true }, snapshots);

        Assert.Contains("4 of 4 were not verified", Assert.Single(expired.Written.OfType<string>(), text => text.StartsWith("WARNING", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("2026-02-03T04:05:06Z", "th-TH")]
    [InlineData("2026-02-03T06:05:06.0000000+02:00", "de-DE")]
    [InlineData("03.02.2026 04:05:06", "de-DE")]
    [InlineData("02/03/2026 04:05:06", "en-US")]
    [InlineData("2026-02-03 is no time", "en-US")]
    [InlineData(null, "en-US")]
    public void Time_that_went_through_a_text_is_what_it_was_or_none(string? text, string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo(culture);
        try
        {
            DateTime? right = text?.EndsWith("no time", StringComparison.Ordinal) == false ? new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc) : null;
            Assert.Equal(right, PipedTime.Read(text));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("26h", "1.02:00:00")]
    [InlineData("14d", "14.00:00:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("02:00:00", null)]
    public void Durations_are_taken_as_rke_writes_them_and_in_days(string text, string? duration) =>
        Assert.Equal(duration is null ? text : TimeSpan.Parse(duration, System.Globalization.CultureInfo.InvariantCulture), new DurationTransformationAttribute().Transform(null!, text));

    [Fact]
    public void Days_and_seconds_may_be_given_without_quotes_which_are_numbers_to_PowerShell()
    {
        Assert.Equal(TimeSpan.FromSeconds(20), new DurationTransformationAttribute().Transform(null!, (short)20));
        Assert.Equal(TimeSpan.FromDays(14), new DurationTransformationAttribute().Transform(null!, 14m));
    }

    [Theory]
    [InlineData(20)]
    [InlineData((byte)20)]
    [InlineData(20u)]
    [InlineData(1.5f)]
    [InlineData("26")]
    [InlineData("")]
    [InlineData("6H")]
    [InlineData("abc")]
    public void What_has_no_unit_is_no_duration(object input)
        => Assert.Throws<System.Management.Automation.ArgumentTransformationMetadataException>(() => new DurationTransformationAttribute().Transform(null!, input));

    private static IEnumerable<EtcdSnapshot> Listed(RecordingHost host) => host.Written.OfType<ListedSnapshot>().Select(listed => listed.Copy);

    private RecordingHost Get(string path) =>
        CmdletRun.Run(new GetEtcdSnapshotCommand { LiteralPath = [Path.GetFullPath(_folder.PathOf(path))] }, _folder.Host());

    private static RecordingHost Remove(RecordingHost host, params string[] paths) => CmdletRun.Run(new RemoveEtcdSnapshotCommand { LiteralPath = paths }, host);

    private static RecordingHost Select(SelectEtcdSnapshotCommand cmdlet, EtcdSnapshot[] snapshots) =>
        CmdletRun.Run(cmdlet, null, [.. snapshots.Select(snapshot => (Action<SelectEtcdSnapshotCommand>)(select => select.InputObject = snapshot))]);

    private static EtcdSnapshot Snapshot(string name, DateTime time) => new()
    {
        Name = name,
        Path = $"/backup/{name}",
        Location = SnapshotLocation.File,
        Size = 544,
        CreatedAt = time,
        ContentHash = name,
        Verified = true,
    };
}
