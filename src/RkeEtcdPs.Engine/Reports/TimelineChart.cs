using System.Xml.Linq;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>When snapshots were taken, a lane for each place: with the retention of its service, and the gaps in which it should have saved and has not.</summary>
internal sealed class TimelineChart(SnapshotReport report)
{
    private const double LaneHeight = 36;

    // How much later than planned the next one may be.
    private const double Patience = 1.5;

    private readonly ChartWindow _window = report.Window;

    /// <summary>The drawing; null when there is nothing to show.</summary>
    public XElement? Draw()
    {
        ILookup<string, EtcdSnapshot> lanes = SnapshotReport.InOrder(report.Snapshots).ToLookup(SnapshotReport.PlaceOf);
        if (lanes.Count == 0)
        {
            return null;
        }

        ChartArea area = new(_window);
        return area.Draw(lanes.Count * LaneHeight, "Snapshots over time, a lane for each place", lanes.SelectMany((lane, i) => Lane(area, lane, (i + 0.5) * LaneHeight)));
    }

    /// <summary>What is not drawn, since it would leave no room for the rest, as sentences: one for what is older, one for what is of the future.</summary>
    public IEnumerable<string> Beyond()
    {
        EtcdSnapshot[] older = [.. report.Snapshots.Where(snapshot => snapshot.CreatedAt < _window.From).OrderBy(snapshot => snapshot.CreatedAt)];
        if (older.Length > 0)
        {
            yield return $"Before {ReportPage.Time(_window.From)}, where the charts begin: {Count(older)} in {Places(older)}, the oldest of {ReportPage.Time(older[0].CreatedAt)} ({ReportPage.Text(older[0].Name)}), the newest of {ReportPage.Time(older[^1].CreatedAt)}.";
        }

        EtcdSnapshot[] later = [.. report.Snapshots.Where(snapshot => snapshot.CreatedAt > _window.To).OrderBy(snapshot => snapshot.CreatedAt)];
        if (later.Length > 0)
        {
            yield return $"Dated in the future, where the charts have ended: {Count(later)} in {Places(later)}, the latest of {ReportPage.Time(later[^1].CreatedAt)} ({ReportPage.Text(later[^1].Name)}). A clock was wrong.";
        }

        static string Count(EtcdSnapshot[] copies) => copies.Length == 1 ? "1 copy" : $"{copies.Length} copies";

        static string Places(EtcdSnapshot[] copies) => string.Join(", ", copies.Select(SnapshotReport.PlaceOf).Distinct(StringComparer.Ordinal).Select(ReportPage.Text));
    }

    private IEnumerable<XElement> Lane(ChartArea area, IGrouping<string, EtcdSnapshot> lane, double y)
    {
        EtcdSnapshotSchedule? schedule = report.Schedules.FirstOrDefault(schedule => schedule.Enabled && schedule.Node == lane.Key);
        if (schedule?.Retention is { } retention)
        {
            yield return Band(area, "kept", report.CreatedAt - retention, report.CreatedAt, y, $"Kept for {ReportPage.Span(retention)}");
        }

        if (schedule?.Creation is { } creation)
        {
            foreach ((DateTime from, DateTime to) in Gaps([.. lane.Where(ReportPage.IsWhole).Select(snapshot => snapshot.CreatedAt).Where(time => time <= _window.To)], creation).Where(gap => gap.To > _window.From))
            {
                yield return Band(area, "gap", from, to, y, $"Nothing for {ReportPage.Span(to - from)}, from {ReportPage.Time(from)} to {ReportPage.Time(to)}");
            }
        }

        yield return ChartArea.Shape("line", "lane", ("x1", area.X(DateTime.MinValue.AddYears(1))), ("y1", y), ("x2", ChartArea.Width), ("y2", y));
        yield return ChartArea.Label(lane.Key, y);
        foreach (EtcdSnapshot snapshot in lane.Where(snapshot => _window.Contains(snapshot.CreatedAt)))
        {
            string style = snapshot.Verified ? "dot good" : ReportPage.IsWhole(snapshot) ? "dot" : "dot bad";
            XElement dot = ChartArea.Shape("circle", style, ("cx", area.X(snapshot.CreatedAt)), ("cy", y), ("r", 5));
            string state = snapshot.Verified ? "verified" : ReportPage.IsWhole(snapshot) ? "not proved" : "unfinished or no snapshot";
            dot.Add(new XElement("title", $"{ReportPage.Text(snapshot.Name)}, {ReportPage.Time(snapshot.CreatedAt)}, {state}"));
            yield return dot;
        }
    }

    /// <summary>Where the distance to the next one, or to now, is too long. What is older than the first that is left may have been let go of.</summary>
    internal IEnumerable<(DateTime From, DateTime To)> Gaps(IReadOnlyList<DateTime> times, TimeSpan creation)
    {
        DateTime[] ends = [.. times.Skip(1), report.CreatedAt];
        return times.Zip(ends).Where(gap => gap.Second - gap.First > creation * Patience);
    }

    private static XElement Band(ChartArea area, string style, DateTime from, DateTime to, double y, string title)
    {
        XElement band = ChartArea.Shape("rect", style, ("x", area.X(from)), ("y", y - (LaneHeight / 2) + 4), ("width", Math.Max(area.X(to) - area.X(from), 1)), ("height", LaneHeight - 8));
        band.Add(new XElement("title", title));
        return band;
    }
}
