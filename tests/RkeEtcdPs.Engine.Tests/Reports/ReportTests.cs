using System.Xml.Linq;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Reports;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Reports;

public sealed class ReportTests
{
    private const string Hostile = "<script>alert(1)</script>\u001b[2J&\"'";
    private static readonly DateTime Now = new(2026, 5, 4, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Page_is_one_tree_without_scripts_and_takes_no_name_for_markup()
    {
        XElement page = Draw(Report(Copy(1) with { Name = Hostile }, Copy(2) with { Node = Hostile, Path = Hostile }) with { Clusters = [Hostile] });

        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "href" or "src" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("th"), cell => cell.Value.Contains("<script>", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', page.ToString());
    }

    [Fact]
    public void Copies_are_shown_by_name_and_place_with_what_is_known_of_them()
    {
        XElement page = Draw(Report(
            Copy(1) with { Node = "node1", Verified = true }, Copy(1) with { Node = "node2" }, Copy(2) with { Node = "node1" }, Copy(2) with { Node = "node2", ContentHash = "ff" },
            Copy(3) with { Node = "node2", Kind = SnapshotKind.Unfinished, ContentHash = null }));

        string[][] rows = [.. page.Descendants("tbody").First().Elements("tr").Select(row => row.Elements().Select(cell => cell.Value).ToArray())];
        Assert.Equal(["s1", "2026-05-04 11:00:00 UTC", "1 MB", "identical", "●", "○"], rows[0]);
        Assert.Equal(["s2", "2026-05-04 10:00:00 UTC", "1 MB", "2 different", "○", "○"], rows[1]);
        Assert.Equal(["s3", "2026-05-04 09:00:00 UTC", "1 MB", "not known", "–", "×"], rows[2]);
        Assert.Contains(page.Descendants("li"), tile => tile.Value == "4, 1 verifiedCopies");
        Assert.Contains(page.Descendants("li"), tile => tile.Value == "noneNewest off the hosts");
    }

    [Fact]
    public void What_is_dated_in_the_future_is_not_the_newest()
    {
        XElement page = Draw(Report(Copy(1) with { Node = "node1" }, Copy(-9) with { Node = "node2" }));

        Assert.Contains(page.Descendants("li"), tile => tile.Value == "60 minNewest" || tile.Value == "60 min oldNewest");
    }

    [Fact]
    public void A_host_that_holds_nothing_or_was_not_reached_is_there_too()
    {
        XElement page = Draw(Report(Copy(1) with { Node = "node2" }) with { Hosts = ["node1", "node2", "node3"], Unreached = ["node3"] });

        Assert.Equal(["node1", "node2", "node3"], page.Descendants("thead").First().Descendants("th").Skip(4).Select(cell => cell.Value));
        Assert.Equal(["–", "○", "?"], page.Descendants("tbody").First().Elements("tr").Single().Elements().Skip(4).Select(cell => cell.Value));
    }

    [Fact]
    public void Gaps_are_where_the_service_should_have_saved_and_has_not()
    {
        EtcdSnapshotSchedule schedule = new()
        {
            ClusterName = "c",
            Node = "node1",
            Address = "10.0.0.1",
            Enabled = true,
            ManagedBy = ScheduleOwner.Rke,
            Running = true,
            Creation = TimeSpan.FromHours(1),
            Retention = TimeSpan.FromHours(5),
        };

        XElement page = Draw(Report(Copy(9), Copy(8), Copy(4), Copy(3)) with { Schedules = [schedule] });

        string[] gaps = [.. page.Descendants("rect").Where(band => (string?)band.Attribute("class") == "gap").Select(band => band.Value)];
        Assert.Equal(["Nothing for 4 h, from 2026-05-04 04:00:00 UTC to 2026-05-04 08:00:00 UTC", "Nothing for 3 h, from 2026-05-04 09:00:00 UTC to 2026-05-04 12:00:00 UTC"], gaps);
        Assert.Single(page.Descendants("rect"), band => band.Value == "Kept for 5 h");
    }

    [Fact]
    public void Very_old_file_and_one_of_the_future_are_told_and_leave_the_charts_to_the_rest()
    {
        EtcdSnapshot old = Copy(3 * 365 * 24) with { Name = "relic" };
        EtcdSnapshot older = old with { Name = "first", CreatedAt = old.CreatedAt.AddDays(-2) };

        XElement page = Draw(Report(older, old, Copy(30), Copy(20), Copy(2), Copy(-24 * 400) with { Name = "prophecy" }));

        // Three a chart, and all over its width.
        double[] drawn = [.. page.Descendants("circle").Take(3).Select(dot => (double)dot.Attribute("cx")!)];
        Assert.Equal(6, page.Descendants("circle").Count());
        Assert.InRange(drawn.Max() - drawn.Min(), 600, 1000);
        Assert.Contains(page.Descendants("p"), text => text.Value == "Before 2026-05-03 06:00:00 UTC, where the charts begin: 2 copies in node1, the oldest of 2023-05-03 12:00:00 UTC (first), the newest of 2023-05-05 12:00:00 UTC.");
        Assert.Contains(page.Descendants("p"), text => text.Value == "Dated in the future, where the charts have ended: 1 copy in node1, the latest of 2027-06-08 12:00:00 UTC (prophecy). A clock was wrong.");
        Assert.Equal(6, page.Descendants("tbody").First().Elements("tr").Count());
    }

    [Theory]
    [InlineData("nightly for a month", 0, 1, 2, 3, 10, 20, 30)]
    [InlineData("fewer and fewer for years", 5, 35, 65, 95, 300, 700, 1000)]
    [InlineData("nothing lately", 365, 366, 800)]
    [InlineData("a single one", 1000)]
    public void Charts_show_all_where_there_is_room_for_all(string what, params int[] daysAgo)
    {
        XElement page = Draw(Report([.. daysAgo.Select(days => Copy(days * 24))]));

        Assert.True(page.Descendants("circle").Count() == 2 * daysAgo.Length, what);
        Assert.DoesNotContain("where the charts", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_report_says_that_there_is_nothing()
    {
        XElement page = Draw(Report());

        Assert.Empty(page.Descendants("svg"));
        Assert.Contains("There is no snapshot", page.Value, StringComparison.Ordinal);
        Assert.Contains("The nodes were not examined", page.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Findings_come_with_the_worst_first_and_those_without_a_complaint_folded()
    {
        RkeNode node = ClusterFile.Parse("nodes: [{address: 10.0.0.1, user: u, role: [etcd, controlplane, worker]}]").Nodes[0];
        NodeCheck Check(NodeCheckSeverity severity, string finding) => new(node, NodeCheckPoint.Clock, severity, finding, "Do this.");

        XElement page = Draw(Report() with { Checks = [Check(NodeCheckSeverity.OK, "fine"), Check(NodeCheckSeverity.Warning, "odd"), Check(NodeCheckSeverity.Error, "wrong")] });

        Assert.Equal(["wrong", "odd", "fine"], page.Descendants("tbody").Elements("tr").Select(row => row.Elements().ElementAt(3).Value));
        Assert.Single(page.Descendants("details"));
    }

    [Fact]
    public async Task File_is_replaced_whole_and_kept_when_it_is_not_to_go()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        string path = Path.Combine(folder, "report.html");
        await File.WriteAllTextAsync(path, "old");

        Assert.Equal("ReportNotWritten", ReportNotWrittenException.Check(path, replace: false)?.Id);
        Assert.Equal("ReportNotWritten", ReportNotWrittenException.Check(folder, replace: true)?.Id);
        Assert.Equal("ReportNotWritten", ReportNotWrittenException.Check(Path.Combine(path + "s", "report.html"), replace: true)?.Id);
        await ReportFile.WriteAsync(Report(), path, replace: true);

        Assert.StartsWith("<!DOCTYPE html>", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder));
        Directory.Delete(folder, recursive: true);
    }

    private static XElement Draw(SnapshotReport report) => XElement.Parse(ReportPage.Draw(report)["<!DOCTYPE html>".Length..]);

    private static SnapshotReport Report(params EtcdSnapshot[] snapshots) => new() { CreatedAt = Now, Clusters = ["c"], Snapshots = snapshots };

    private static EtcdSnapshot Copy(int hoursAgo) => new()
    {
        ClusterName = "c",
        Node = "node1",
        Name = $"s{hoursAgo}",
        Path = $"/opt/rke/etcd-snapshots/s{hoursAgo}",
        Location = SnapshotLocation.Host,
        Kind = SnapshotKind.OneTime,
        Size = 1 << 20,
        CreatedAt = Now.AddHours(-hoursAgo),
        ContentHash = $"{hoursAgo}",
    };
}
