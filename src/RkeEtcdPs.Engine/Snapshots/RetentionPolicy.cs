namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Which snapshots are kept. A snapshot is kept when one rule or another keeps it; the newest is kept whatever the rules.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Keep that many of the newest; null for no such rule.</summary>
    public int? KeepLast { get; init; }

    /// <summary>Keep those that are no older; null for no such rule.</summary>
    public TimeSpan? KeepWithin { get; init; }

    /// <summary>Keep the newest of each of that many hours, of those hours that have one.</summary>
    public int? KeepHourly { get; init; }

    /// <summary>The same of days.</summary>
    public int? KeepDaily { get; init; }

    /// <summary>The same of weeks, which begin on Monday.</summary>
    public int? KeepWeekly { get; init; }

    /// <summary>The same of months.</summary>
    public int? KeepMonthly { get; init; }

    /// <summary>The same of years.</summary>
    public int? KeepYearly { get; init; }

    /// <summary>Of what the other rules keep, or of all when there are none, keep the newest as long as they have no more bytes together.</summary>
    public long? MaxTotalSize { get; init; }

    /// <summary>Where hours, days, weeks, months and years begin.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>True when there is no rule at all.</summary>
    public bool IsEmpty => KeepsAll && MaxTotalSize is null;

    private bool KeepsAll => (KeepLast, KeepWithin, KeepHourly, KeepDaily, KeepWeekly, KeepMonthly, KeepYearly) is (null, null, null, null, null, null, null);

    /// <summary>Says of each point in time of one line of snapshots whether it is kept.</summary>
    /// <param name="line">Snapshots of one line, each a different one, in any order.</param>
    /// <param name="now">The present, in UTC. What is dated later is kept, and counts for no rule: some clock was wrong.</param>
    /// <returns>The kept ones.</returns>
    internal IReadOnlySet<RetentionPoint> Keep(IEnumerable<RetentionPoint> line, DateTime now)
    {
        RetentionPoint[] all = [.. line.OrderByDescending(point => point.CreatedAt).ThenBy(point => point.Id, StringComparer.Ordinal)];
        HashSet<RetentionPoint> kept = [.. all.Where(point => point.CreatedAt > now)];
        RetentionPoint[] past = [.. all.Where(point => point.CreatedAt <= now)];
        if (past.Length == 0)
        {
            return kept;
        }

        long total = kept.Sum(point => point.Size);
        HashSet<RetentionPoint> chosen = KeepsAll ? [.. past] : [.. past.Take(Math.Max(1, KeepLast ?? 0))];
        chosen.UnionWith(past.Where(point => now - point.CreatedAt <= (KeepWithin ?? TimeSpan.MinValue)));
        Choose(chosen, past, KeepHourly, point => (Local(point).Ticks / TimeSpan.TicksPerHour, TimeZone.GetUtcOffset(point.CreatedAt)));
        Choose(chosen, past, KeepDaily, point => Local(point).Date);
        Choose(chosen, past, KeepWeekly, point => Monday(Local(point).Date));
        Choose(chosen, past, KeepMonthly, point => (Local(point).Year, Local(point).Month));
        Choose(chosen, past, KeepYearly, point => Local(point).Year);
        foreach (RetentionPoint point in past.Where(chosen.Contains))
        {
            total += point.Size;
            if (MaxTotalSize is { } most && total > most && point != past[0])
            {
                break;
            }

            kept.Add(point);
        }

        return kept;
    }

    private static void Choose<T>(HashSet<RetentionPoint> chosen, RetentionPoint[] newestFirst, int? count, Func<RetentionPoint, T> period)
    {
        if (count is not > 0)
        {
            return;
        }

        HashSet<T> periods = [];
        foreach (RetentionPoint point in newestFirst)
        {
            if (periods.Add(period(point)))
            {
                if (periods.Count > count)
                {
                    return;
                }

                chosen.Add(point);
            }
        }
    }

    // An hour that a clock goes through twice is two; its offset tells them apart.
    private DateTime Local(RetentionPoint point) => point.CreatedAt + TimeZone.GetUtcOffset(point.CreatedAt);

    private static DateTime Monday(DateTime day) => day.Ticks < TimeSpan.TicksPerDay * 7 ? DateTime.MinValue : day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
}
