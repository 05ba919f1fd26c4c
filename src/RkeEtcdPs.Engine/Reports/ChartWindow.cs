namespace RkeEtcdPs.Engine.Reports;

/// <summary>The stretch of time that a chart shows: all of it, unless a few files of another time would leave no room for the rest.</summary>
/// <param name="From">Before it nothing is drawn.</param>
/// <param name="To">After it nothing is drawn.</param>
internal sealed record ChartWindow(DateTime From, DateTime To)
{
    // As many times as long as what is newer: then that would be left with a fifth of the width, or less.
    private const int TooFar = 4;

    // Of what is newer than that, the distances tell nothing.
    private static readonly TimeSpan Shortest = TimeSpan.FromDays(14);

    // A clock may be wrong by so much without a word.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>From the newest back to where there is nothing for far too long, and not into the future.</summary>
    /// <param name="times">When the snapshots were taken.</param>
    /// <param name="now">Now.</param>
    public static ChartWindow Choose(IEnumerable<DateTime> times, DateTime now)
    {
        DateTime[] past = [.. times.Where(time => time <= now + Ahead).OrderDescending()];
        DateTime from = past.Length > 0 ? past[0] : now;
        foreach (DateTime older in past)
        {
            TimeSpan shown = now - from;
            if (from - older > TooFar * (shown > Shortest ? shown : Shortest))
            {
                break;
            }

            from = older;
        }

        DateTime to = past.Length > 0 && past[0] > now ? past[0] : now;
        return new ChartWindow(from < to ? from : to, to);
    }

    /// <summary>Whether a moment is in it.</summary>
    public bool Contains(DateTime time) => time >= From && time <= To;
}
