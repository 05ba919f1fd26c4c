using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

public sealed class SnapshotNameTests
{
    public static TheoryData<string> NastyNames =>
    [
        "", " ", ".", "..", "../x", "/etc/passwd", "a/b", "a\\b", "-rf", "--help", "-", "_x", "~", "~root", "$HOME", "$(reboot)", "`id`", "a;b", "a|b", "a&b",
        "a&&b", "a>b", "a<b", "a b", "a\tb", "a\nb", "a\rb", "a\0b", "'a'", "\"a\"", "a'b", "a*", "a?", "[a]", "{a,b}", "a!b", "#a", "a#b", "%2e%2e", "a%b",
        "a,b", "a\u0000", "a\u202eb", "ä", "名前", "🙂", "a.part", "A.PART", "cluster.yml", "prod.YAML", "a.zip", "x.Zip", ".hidden", "a\u00a0b", "a^b", "a(b)", "\u0007", "NUL\\con",
    ];

    public static TheoryData<string> GoodNames =>
    [
        "nightly", "n", "9", "rke_etcd_snapshot_2026-11-22T03:00:00+01:00", "2026-11-22T02:00:00Z_etcd", "a.b", "a.zip.db", "part", "before-upgrade_1.20.4", new('x', 200),
    ];

    [Theory]
    [MemberData(nameof(NastyNames))]
    public void Nasty_name_is_refused(string name) => Assert.Throws<SnapshotNameInvalidException>(() => SnapshotName.Validate(name));

    [Theory]
    [InlineData("a b", "'a b' is not")]
    [InlineData("a\nb", "'a\\u000Ab' is not")]
    public void Error_shows_the_name(string name, string shown)
        => Assert.StartsWith(shown, Assert.Throws<SnapshotNameInvalidException>(() => SnapshotName.Validate(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void Error_shows_the_beginning_of_an_endless_name()
        => Assert.InRange(Assert.Throws<SnapshotNameInvalidException>(() => SnapshotName.Validate(new string('x', 100_000))).Message.Length, 80, 300);

    [Theory]
    [MemberData(nameof(GoodNames))]
    public void Good_name_is_accepted(string name) => SnapshotName.Validate(name);

    [Fact]
    public void Name_that_leaves_no_room_for_endings_is_refused()
        => Assert.Throws<SnapshotNameInvalidException>(() => SnapshotName.Validate(new string('x', SnapshotName.LongestLength + 1)));

    [Fact]
    public void Default_name_is_that_of_rke_and_valid()
    {
        string name = SnapshotName.Default(new DateTimeOffset(2026, 11, 22, 3, 4, 5, TimeSpan.FromHours(-3.5)));

        Assert.Equal("rke_etcd_snapshot_2026-11-22T03:04:05-03:30", name);
        SnapshotName.Validate(name);
    }
}
