using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

public sealed class RetentionTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Snapshot_that_several_rules_keep_takes_no_other_place()
    {
        RetentionItem[] days = [.. Enumerable.Range(0, 400).Select(day => Item($"{day}", Now.AddDays(-day)))];

        string[] kept = Kept(days, new RetentionPolicy { KeepDaily = 7, KeepWeekly = 4, KeepMonthly = 12 });

        // 22 November 2026 is a Sunday: the newest of the weeks before are the Sundays before.
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "14", "21", "22", "53", "83", "114", "145", "175", "206", "236", "267", "295", "326"], kept);
    }

    [Fact]
    public void Unfinished_empty_foreign_and_unverified_ones_neither_count_nor_expire()
    {
        RetentionItem[] items =
        [
            Item("part", Now) with { Kind = SnapshotKind.Unfinished },
            Item("foreign", Now) with { Kind = SnapshotKind.Foreign },
            Item("hashless", Now) with { ContentHash = null },
            Item("unverified", Now) with { Verified = false },
            Item("good", Now.AddDays(-2)),
            Item("old", Now.AddDays(-3)),
        ];

        Assert.Equal([null, null, null, null, true, false], new Retention(new RetentionPolicy { KeepLast = 1 }, byContent: false).Decide(items, Now));
    }

    [Fact]
    public void Where_nothing_was_verified_nothing_counts_and_nothing_goes()
    {
        RetentionItem[] items = [.. Enumerable.Range(0, 3).Select(day => Item($"{day}", Now.AddDays(-day)) with { Verified = false })];

        Assert.Equal([null, null, null], new Retention(new RetentionPolicy { KeepLast = 1 }, byContent: false).Decide(items, Now));
    }

    [Fact]
    public void Hour_that_the_clocks_go_through_twice_is_two()
    {
        TimeZoneInfo berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        DateTime first = new(2026, 10, 25, 0, 30, 0, DateTimeKind.Utc);
        RetentionItem[] items = [Item("summer", first), Item("winter", first.AddHours(1)), Item("before", first.AddHours(-1))];

        Assert.Equal(["winter", "summer"], Kept(items, new RetentionPolicy { KeepHourly = 2, TimeZone = berlin }));
    }

    [Fact]
    public void Clusters_and_hosts_have_lines_of_their_own_unless_content_counts()
    {
        RetentionItem[] items =
        [
            Item("a", Now.AddDays(-1)) with { Place = "node1" },
            Item("a", Now.AddDays(-1)) with { Place = "node2" },
            Item("b", Now) with { Place = "node1" },
            Item("c", Now.AddDays(-9)) with { ClusterName = "other", Place = "node1" },
        ];
        RetentionPolicy last = new() { KeepLast = 1 };

        Assert.Equal([false, true, true, true], new Retention(last, byContent: false).Decide(items, Now));
        Assert.Equal([false, false, true, true], new Retention(last, byContent: true).Decide(items, Now));
    }

    [Fact]
    public void Clusters_of_one_name_have_lines_of_their_own_when_content_counts()
    {
        RetentionItem[] items =
        [
            Item("old", Now.AddDays(-9)) with { Place = "node1 10.1.0.1" },
            Item("old", Now.AddDays(-9)) with { Place = "node2 10.1.0.2" },
            Item("older", Now.AddDays(-10)) with { Place = "node1 10.1.0.1" },
            Item("new", Now) with { Place = "node1 10.2.0.1" },
            Item("new", Now) with { Place = "node2 10.2.0.2" },
            Item("middle", Now.AddDays(-1)) with { Place = "node3 10.2.0.3" },
            Item("new", Now) with { Place = "node3 10.2.0.3" },
        ];

        Assert.Equal([true, true, false, true, true, false, true], new Retention(new RetentionPolicy { KeepLast = 1 }, byContent: true).Decide(items, Now));
    }

    [Fact]
    public void Size_limits_what_the_others_keep_but_never_the_newest()
    {
        RetentionItem[] items = [.. Enumerable.Range(0, 5).Select(day => Item($"{day}", Now.AddDays(-day)) with { Size = 10 })];

        Assert.Equal(["0", "1", "2"], Kept(items, new RetentionPolicy { MaxTotalSize = 35 }));
        Assert.Equal(["0", "1"], Kept(items, new RetentionPolicy { KeepLast = 2, MaxTotalSize = 35 }));
        Assert.Equal(["0"], Kept(items, new RetentionPolicy { MaxTotalSize = 1 }));
    }

    private static string[] Kept(RetentionItem[] items, RetentionPolicy policy) =>
    [
        .. items.Zip(new Retention(policy, byContent: false).Decide(items, Now)).Where(pair => pair.Second == true)
            .OrderByDescending(pair => pair.First.CreatedAt).Select(pair => pair.First.Name),
    ];

    private static RetentionItem Item(string name, DateTime time) => new()
    {
        Source = name,
        ClusterName = "lab",
        Place = "node1",
        Name = name,
        Path = $"/opt/rke/etcd-snapshots/{name}",
        CreatedAt = time,
        Size = 100,
        ContentHash = $"hash of {name}",
        Verified = true,
    };
}
