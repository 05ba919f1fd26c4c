using System.Globalization;
using System.Xml.Linq;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>Draws a report as one page of HTML that needs nothing else: text, SVG and its own style, no scripts.</summary>
/// <remarks>It is built as a tree, so that no name of a file or host is ever taken for markup.</remarks>
public static class ReportPage
{
    private const int MostRows = 200;
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The page, as HTML in UTF-8.</summary>
    public static string Draw(SnapshotReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        string title = $"etcd snapshots of {Text(string.Join(", ", report.Clusters))}";
        XElement page = new(
            "html",
            new XAttribute("lang", "en"),
            new XElement(
                "head",
                new XElement("meta", new XAttribute("charset", "utf-8")),
                new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                new XElement("title", title),
                new XElement("style", Style())),
            new XElement(
                "body",
                new XElement("header", new XElement("h1", title), new XElement("p", $"As of {Time(report.CreatedAt)}")),
                Summary(report),
                Failures(report),
                Section("Snapshots over time", new TimelineChart(report).Draw(), new TimelineChart(report).Beyond().Select(sentence => new XElement("p", sentence))),
                Section("Sizes over time", new SizeChart(report).Draw()),
                Section("Findings", Findings(report)),
                Section("Recurring snapshots", Schedules(report)),
                Section("Copies", Copies(report))));
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    /// <summary>Text of a host or a file, which may hold anything; XML cannot hold all of it.</summary>
    internal static string Text(string? text) => PrintableText.Line(text) ?? "";

    internal static string Time(DateTime? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? "never";

    internal static string Span(TimeSpan? span) => span is not { } value ? ""
        : value < TimeSpan.Zero ? $"-{Span(-value)}"
        : value.TotalHours >= 48 ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalDays:0.#} d")
        : value.TotalMinutes >= 90 ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalHours:0.#} h")
        : value.TotalSeconds >= 90 ? string.Create(CultureInfo.InvariantCulture, $"{value.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{value.TotalSeconds:0} s");

    private static string Style()
    {
        using StreamReader style = new(typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!);
        return style.ReadToEnd();
    }

    private static XElement Section(string title, params object?[] content) => new("section", new XElement("h2", title), content);

    private static XElement Summary(SnapshotReport report)
    {
        // What is dated in the future is not the newest: a clock was wrong.
        EtcdSnapshot[] dated = [.. report.Snapshots.Where(snapshot => IsWhole(snapshot) && snapshot.CreatedAt <= report.CreatedAt + ClockSkew)];
        EtcdSnapshot? newest = dated.MaxBy(snapshot => snapshot.CreatedAt);
        EtcdSnapshot? away = dated.Where(snapshot => snapshot.Location != SnapshotLocation.Host).MaxBy(snapshot => snapshot.CreatedAt);
        return new XElement(
            "ul",
            new XAttribute("class", "tiles"),
            Tile("Newest", newest is null ? "none" : $"{Span(report.CreatedAt - newest.CreatedAt)} old", newest is null ? "bad" : ""),
            Tile("Newest off the hosts", away is null ? "none" : $"{Span(report.CreatedAt - away.CreatedAt)} old", away is null ? "warn" : ""),
            Tile("Copies", $"{report.Snapshots.Count(IsWhole)}, {report.Snapshots.Count(snapshot => snapshot.Verified)} verified", ""),
            Tile("Size of all", ByteCount.Text(report.Snapshots.Sum(snapshot => snapshot.Size)), ""),
            Tile("Errors", Count(report, NodeCheckSeverity.Error) + report.Failures.Count, "bad"),
            Tile("Warnings", Count(report, NodeCheckSeverity.Warning), "warn"));
    }

    private static int Count(SnapshotReport report, NodeCheckSeverity severity) => report.Checks.Count(check => check.Severity == severity);

    private static XElement Tile(string name, object value, string state) => new(
        "li", new XAttribute("class", value is 0 ? "" : state), new XElement("b", value), new XElement("span", name));

    private static XElement? Failures(SnapshotReport report) => report.Failures.Count == 0 ? null : new XElement(
        "section",
        new XAttribute("class", "bad"),
        new XElement("h2", "Not known"),
        new XElement("ul", report.Failures.Select(failure => new XElement("li", new XElement("b", Text(failure.Place)), $": {Text(failure.Failure.Message)} {Text(failure.Failure.Advice)}"))));

    private static object[] Copies(SnapshotReport report)
    {
        IEnumerable<string> hosts = report.Snapshots.Where(snapshot => snapshot.Location == SnapshotLocation.Host).Select(SnapshotReport.PlaceOf).Concat(report.Hosts);
        string[] places = [.. hosts.Order(StringComparer.Ordinal).Concat(SnapshotReport.InOrder(report.Snapshots).Select(SnapshotReport.PlaceOf)).Distinct(StringComparer.Ordinal)];
        IGrouping<string, EtcdSnapshot>[] names = [.. report.Snapshots.GroupBy(snapshot => snapshot.Name, StringComparer.Ordinal).OrderByDescending(same => same.Max(snapshot => snapshot.CreatedAt))];
        if (names.Length == 0)
        {
            return [new XElement("p", "There is no snapshot in any place that was asked.")];
        }

        IEnumerable<XElement> rows = names.Take(MostRows).Select(same => new XElement(
            "tr",
            new XElement("th", Text(same.Key)),
            new XElement("td", Time(same.Max(snapshot => snapshot.CreatedAt))),
            new XElement("td", ByteCount.Text(same.Max(snapshot => snapshot.Size))),
            new XElement("td", Contents(same)),
            places.Select(place => Cell(same.FirstOrDefault(snapshot => SnapshotReport.PlaceOf(snapshot) == place), report.Unreached.Contains(place)))));
        return
        [
            new XElement("p", "● verified, ○ there but not proved now, × unfinished or no snapshot, – not there, ? not known"),
            Table(["Name", "Created", "Size", "Contents", .. places.Select(Text)], rows),
            names.Length > MostRows ? new XElement("p", $"{names.Length - MostRows} older names are left out here.") : "",
        ];
    }

    // Zips tell their hash only when they are read.
    private static string Contents(IEnumerable<EtcdSnapshot> same)
    {
        string?[] hashes = [.. same.Where(IsWhole).Select(snapshot => snapshot.ContentHash).Distinct()];
        return hashes is [null] or [] ? "not known" : hashes.Length == 1 ? "identical" : $"{hashes.Length} different";
    }

    private static XElement Cell(EtcdSnapshot? copy, bool unreached) => new(
        "td",
        new XAttribute("class", copy switch { null when unreached => "bad", null => "none", { Verified: true } => "good", _ when IsWhole(copy) => "", _ => "bad" }),
        copy switch { null when unreached => "?", null => "–", { Verified: true } => "●", _ when IsWhole(copy) => "○", _ => "×" });

    private static XElement Schedules(SnapshotReport report) => report.Schedules.Count == 0
        ? new XElement("p", "Nothing is known of a recurring service.")
        : Table(
            ["Node", "Managed by", "Every", "Kept for", "At least", "Last success", "Last failure", "Next due", "Copies"],
            report.Schedules.Select(schedule => new XElement(
                "tr",
                new XAttribute("class", schedule is { Enabled: true, Running: not false, Overdue: false, SavesElsewhere: false } ? "" : "warn"),
                new XElement("th", Text(schedule.Node)),
                new XElement("td", !schedule.Enabled ? "nobody" : schedule.Running == false ? $"{Owner(schedule)}, does not run" : schedule.SavesElsewhere ? $"{Owner(schedule)}, saves into another folder" : Owner(schedule)),
                new XElement("td", Span(schedule.Creation)),
                new XElement("td", Span(schedule.Retention)),
                new XElement("td", schedule.KeepAtLeast?.ToString(CultureInfo.InvariantCulture) ?? ""),
                new XElement("td", Time(schedule.LastSuccess)),
                new XElement("td", schedule.LastFailure is null ? "" : $"{Time(schedule.LastFailure)} {Text(schedule.FailureReason)}"),
                new XElement("td", schedule.Enabled ? Time(schedule.NextDue) + (schedule.Overdue ? ", overdue" : "") : ""),
                new XElement("td", $"{schedule.Count}, {ByteCount.Text(schedule.TotalSize)}"))));

    private static string Owner(EtcdSnapshotSchedule schedule) => schedule.ManagedBy switch
    {
        ScheduleOwner.EtcdSnapshot => "this module",
        ScheduleOwner.Rke => "RKE",
        ScheduleOwner.Unknown => "not known",
        ScheduleOwner owner => owner.ToString(),
    };

    private static object[] Findings(SnapshotReport report)
    {
        XElement[] rows = [.. report.Checks.Where(check => check.Severity >= NodeCheckSeverity.Warning).OrderByDescending(check => check.Severity).Select(Row)];
        XElement[] rest = [.. report.Checks.Where(check => check.Severity < NodeCheckSeverity.Warning).Select(Row)];
        string[] head = ["", "Node", "Check", "Finding", "Advice"];
        return
        [
            report.Checks.Count == 0 ? new XElement("p", "The nodes were not examined.")
                : rows.Length == 0 ? new XElement("p", "Nothing was found that would make a snapshot or a restore fail.") : Table(head, rows),
            rest.Length == 0 ? "" : new XElement("details", new XElement("summary", $"{rest.Length} checks without a complaint"), Table(head, rest)),
        ];

        static XElement Row(NodeCheck check) => new(
            "tr",
            new XAttribute("class", check.Severity switch { NodeCheckSeverity.Error => "bad", NodeCheckSeverity.Warning => "warn", _ => "" }),
            new XElement("td", check.Severity.ToString()),
            new XElement("th", Text(check.Node)),
            new XElement("td", check.Check.ToString()),
            new XElement("td", Text(check.Finding)),
            new XElement("td", Text(check.Advice)));
    }

    private static XElement Table(IEnumerable<string> head, IEnumerable<XElement> rows) => new(
        "div",
        new XAttribute("class", "wide"),
        new XElement("table", new XElement("thead", new XElement("tr", head.Select(name => new XElement("th", name)))), new XElement("tbody", rows)));

    /// <summary>Whether it may be a good one: not unfinished, not empty, not something else.</summary>
    internal static bool IsWhole(EtcdSnapshot snapshot) => snapshot.Kind is SnapshotKind.OneTime or SnapshotKind.Recurring && (snapshot.ContentHash is not null || snapshot.IsZip);
}
