using System.Xml.Linq;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>How large the snapshots of each place were.</summary>
internal sealed class SizeChart(SnapshotReport report)
{
    private const double Height = 200;
    private const double Top = 15;
    private const int Colours = 6;

    /// <summary>The drawing; null when there is nothing to show.</summary>
    public XElement? Draw()
    {
        // What is packed is of another size.
        ChartWindow window = report.Window;
        EtcdSnapshot[] shown = [.. SnapshotReport.InOrder(report.Snapshots.Where(snapshot => ReportPage.IsWhole(snapshot) && !snapshot.IsZip && window.Contains(snapshot.CreatedAt)))];
        if (shown.Length == 0)
        {
            return null;
        }

        ChartArea area = new(window);
        long most = shown.Max(snapshot => snapshot.Size);
        double Y(long size) => Top + ((Height - Top) * (1 - ((double)size / most)));
        List<XElement> content =
        [
            ChartArea.Words(ByteCount.Text(most), "label", 100, Top + 4),
            ChartArea.Words("0", "label", 100, Height),
        ];
        foreach ((IGrouping<string, EtcdSnapshot> place, int i) in shown.GroupBy(SnapshotReport.PlaceOf, StringComparer.Ordinal).Select((place, i) => (place, i)))
        {
            string style = $"size c{i % Colours}";
            XElement line = ChartArea.Shape("polyline", style);
            line.Add(new XAttribute("points", string.Join(' ', place.Select(snapshot => $"{ChartArea.Number(area.X(snapshot.CreatedAt))},{ChartArea.Number(Y(snapshot.Size))}"))));
            line.Add(new XElement("title", ReportPage.Text(place.Key)));
            content.Add(line);
            foreach (EtcdSnapshot snapshot in place)
            {
                XElement dot = ChartArea.Shape("circle", style, ("cx", area.X(snapshot.CreatedAt)), ("cy", Y(snapshot.Size)), ("r", 3));
                dot.Add(new XElement("title", $"{ReportPage.Text(place.Key)}: {ReportPage.Text(snapshot.Name)}, {ByteCount.Text(snapshot.Size)}"));
                content.Add(dot);
            }
        }

        return area.Draw(Height, "Sizes of the snapshots over time", content);
    }
}
