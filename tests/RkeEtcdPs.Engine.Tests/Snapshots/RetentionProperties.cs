using FsCheck.Xunit;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Snapshots;

/// <summary>Whatever snapshots there are and whatever the rules.</summary>
public sealed class RetentionProperties
{
    private static readonly DateTime Now = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);

    private static readonly TimeZoneInfo[] Zones =
    [
        TimeZoneInfo.Utc,
        TimeZoneInfo.CreateCustomTimeZone("far east", TimeSpan.FromHours(14), null, null),
        TimeZoneInfo.CreateCustomTimeZone("far west", TimeSpan.FromHours(-11.5), null, null),
        TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"),
    ];

    [Property(MaxTest = 300)]
    public void Every_good_one_is_either_kept_or_expired_and_nothing_else_is(int[] ages, int rules)
    {
        RetentionItem[] items = Items(ages);

        IReadOnlyList<bool?> decisions = Decide(items, Policy(rules));

        Assert.All(items.Zip(decisions), pair => Assert.Equal(IsGood(pair.First), pair.Second is not null));
    }

    [Property(MaxTest = 300)]
    public void Newest_good_one_of_each_host_is_kept(int[] ages, int rules)
    {
        RetentionItem[] items = Items(ages);

        IReadOnlyList<bool?> decisions = Decide(items, Policy(rules));

        foreach (var host in items.Zip(decisions).Where(pair => IsGood(pair.First)).GroupBy(pair => pair.First.Place))
        {
            DateTime newest = host.Max(pair => pair.First.CreatedAt);
            Assert.Contains(host, pair => pair.First.CreatedAt == newest && pair.Second == true);
            if (host.Any(pair => pair.First.CreatedAt <= Now))
            {
                // One that is dated in the future must not stand for all the others.
                DateTime past = host.Where(pair => pair.First.CreatedAt <= Now).Max(pair => pair.First.CreatedAt);
                Assert.Contains(host, pair => pair.First.CreatedAt == past && pair.Second == true);
            }
        }
    }

    [Property(MaxTest = 300)]
    public void Order_and_repetition_change_nothing(int[] ages, int rules, int seed, bool byContent)
    {
        RetentionItem[] items = Items(ages);
        RetentionItem[] shuffled = [.. items.Concat(items.Where((_, index) => index % 3 == 0))];
        new System.Random(seed).Shuffle(shuffled);

        Dictionary<string, bool?> one = items.Zip(Decide(items, Policy(rules), byContent)).ToDictionary(pair => Key(pair.First), pair => pair.Second);
        IReadOnlyList<bool?> other = Decide(shuffled, Policy(rules), byContent);

        Assert.All(shuffled.Zip(other), pair => Assert.Equal(one[Key(pair.First)], pair.Second));
    }

    [Property(MaxTest = 300)]
    public void More_of_a_rule_never_lets_more_go(int[] ages, int rules, int rule, byte more)
    {
        RetentionItem[] items = Items(ages);
        RetentionPolicy policy = Policy(rules) with { MaxTotalSize = null };

        Assert.All(Decide(items, policy).Zip(Decide(items, Raise(policy, rule, more))), pair => Assert.False(pair.First == true && pair.Second == false));
    }

    [Property(MaxTest = 300)]
    public void More_room_never_lets_more_go(int[] ages, int rules, ushort room, ushort more)
    {
        RetentionItem[] items = Items(ages);
        RetentionPolicy policy = Policy(rules) with { MaxTotalSize = 1 + room };

        Assert.All(
            Decide(items, policy).Zip(Decide(items, policy with { MaxTotalSize = 1L + room + more })),
            pair => Assert.False(pair.First == true && pair.Second == false));
    }

    [Property(MaxTest = 200)]
    public void One_that_is_dated_in_the_future_drives_no_other_out(int[] ages, int rules, ushort hours)
    {
        RetentionItem[] items = Items(ages);
        RetentionItem future = Good(items.Length, Now.AddHours(1 + hours)) with { Place = "node0" };
        RetentionPolicy policy = Policy(rules) with { MaxTotalSize = null };

        IReadOnlyList<bool?> with = Decide([.. items, future], policy);

        Assert.Equal([.. Decide(items, policy), true], with);
    }

    [Property(MaxTest = 200)]
    public void Zone_of_a_daily_rule_moves_only_where_days_begin(int[] ages, byte days, byte zone)
    {
        RetentionItem[] items = [.. Items(ages).Where(item => IsGood(item) && item.CreatedAt <= Now).Select(item => item with { Place = "node0" })];
        TimeZoneInfo where = Zones[zone % Zones.Length];
        int count = 1 + (days % 9);

        IReadOnlyList<bool?> decisions = Decide(items, new RetentionPolicy { KeepDaily = count, TimeZone = where });

        DateTime[] expected =
            [.. items.Select(item => item.CreatedAt).GroupBy(time => TimeZoneInfo.ConvertTimeFromUtc(time, where).Date).OrderByDescending(day => day.Key).Take(count).Select(day => day.Max())];
        Assert.Equal(expected.Order(), items.Zip(decisions).Where(pair => pair.Second == true).Select(pair => pair.First.CreatedAt).Distinct().Order());
    }

    [Property(MaxTest = 200)]
    public void Copies_of_one_content_are_kept_or_go_together(int[] ages, int rules)
    {
        RetentionItem[] items = [.. Items(ages).SelectMany(item => (RetentionItem[])[item, item with { Place = item.Place + "-twin" }])];

        IReadOnlyList<bool?> decisions = Decide(items, Policy(rules), byContent: true);

        Assert.All(items.Zip(decisions).Where(pair => IsGood(pair.First)).GroupBy(pair => pair.First.ContentHash), same => Assert.Single(same.Select(pair => pair.Second).Distinct()));
    }

    private static IReadOnlyList<bool?> Decide(IReadOnlyList<RetentionItem> items, RetentionPolicy policy, bool byContent = false)
        => new Retention(policy, byContent).Decide(items, Now);

    private static bool IsGood(RetentionItem item) => item.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring && item.ContentHash is not null && item.Verified;

    private static string Key(RetentionItem item) => $"{item.Place} {item.Path}";

    private static RetentionItem[] Items(int[]? ages) =>
    [
        .. (ages ?? []).Select((age, index) => (age % 11) switch
        {
            0 => Good(index, Now.AddMinutes(-age * 97.0)) with { Kind = SnapshotKind.Unfinished },
            1 => Good(index, Now.AddMinutes(-age * 97.0)) with { ContentHash = null },
            2 => Good(index, Now.AddMinutes(-age * 97.0)) with { Kind = SnapshotKind.Empty, ContentHash = null, Size = 0 },
            4 => Good(index, Now.AddMinutes(-age * 971.0)) with { Verified = false },
            // Twins in time, and clocks that were wrong: negative ages are in the future.
            3 => Good(index, Now.AddDays(-age % 5)),
            _ => Good(index, Now.AddMinutes(-age * 971.0)),
        }),
    ];

    private static RetentionItem Good(int index, DateTime time) => new()
    {
        Source = index,
        ClusterName = "lab",
        Place = $"node{index % 2}",
        Name = $"s{index}",
        Path = $"/opt/rke/etcd-snapshots/s{index}",
        CreatedAt = time,
        Size = 1 + (index * 37 % 1000),
        ContentHash = $"{index:x64}",
        Verified = true,
        Kind = index % 2 == 0 ? SnapshotKind.OneTime : SnapshotKind.Recurring,
    };

    private static RetentionPolicy Policy(int rules)
    {
        System.Random random = new(rules);
        int? Some(int most) => random.Next(3) == 0 ? random.Next(1, most) : null;
        return new RetentionPolicy
        {
            KeepLast = Some(6),
            KeepWithin = Some(40) is { } days ? TimeSpan.FromDays(days) : null,
            KeepHourly = Some(30),
            KeepDaily = Some(10),
            KeepWeekly = Some(6),
            KeepMonthly = Some(6),
            KeepYearly = Some(3),
            MaxTotalSize = Some(20_000) ?? 1_000_000,
            TimeZone = Zones[random.Next(Zones.Length)],
        };
    }

    // Only a rule that is there can be raised: the first one of all would end that all is kept.
    private static RetentionPolicy Raise(RetentionPolicy policy, int rule, int more) => (Math.Abs((long)rule) % 7) switch
    {
        0 => policy with { KeepLast = policy.KeepLast + more },
        1 => policy with { KeepWithin = policy.KeepWithin + TimeSpan.FromDays(more) },
        2 => policy with { KeepHourly = policy.KeepHourly + more },
        3 => policy with { KeepDaily = policy.KeepDaily + more },
        4 => policy with { KeepWeekly = policy.KeepWeekly + more },
        5 => policy with { KeepMonthly = policy.KeepMonthly + more },
        _ => policy with { KeepYearly = policy.KeepYearly + more },
    };
}
