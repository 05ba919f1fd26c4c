using System.Globalization;
using System.Xml.Linq;

namespace RkeEtcdPs.Engine.Reports;

/// <summary>The area of a chart over time: where a moment lies, and the axis below.</summary>
internal sealed class ChartArea
{
    /// <summary>In units of the drawing, which a browser scales to the width of the page.</summary>
    public const double Width = 1000;

    private const double Left = 190;
    private const double Right = 20;
    private const int Ticks = 6;

    private readonly DateTime _from;
    private readonly DateTime _to;

    public ChartArea(ChartWindow window)
    {
        // One moment has no width.
        TimeSpan margin = TimeSpan.FromTicks(Math.Max((window.To - window.From).Ticks / 50, TimeSpan.TicksPerMinute));
        (_from, _to) = (window.From - margin, window.To + margin);
    }

    public double X(DateTime time) => Math.Clamp(Left + ((Width - Left - Right) * (time - _from).Ticks / (_to - _from).Ticks), Left, Width - Right);

    /// <summary>A drawing of a height, with the axis at its foot.</summary>
    public XElement Draw(double height, string what, IEnumerable<XElement> content)
    {
        string format = (_to - _from).TotalDays > 3 ? "yyyy-MM-dd" : "MM-dd HH:mm";
        return new XElement(
            "svg",
            new XAttribute("viewBox", $"0 0 {Number(Width)} {Number(height + 30)}"),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", what),
            Enumerable.Range(0, Ticks).Select(i => _from + ((_to - _from) * (i + 0.5) / Ticks)).SelectMany(time => (XElement[])
            [
                Shape("line", "grid", ("x1", X(time)), ("y1", 0), ("x2", X(time)), ("y2", height)),
                Words(time.ToString(format, CultureInfo.InvariantCulture), "tick middle", X(time), height + 20),
            ]),
            content);
    }

    /// <summary>The name of a lane, cut where there is no room for it; whole when pointed at.</summary>
    public static XElement Label(string name, double y)
    {
        string shown = ReportPage.Text(name);
        XElement text = Words(shown.Length > 24 ? $"…{shown[^23..]}" : shown, "label", 0, y + 4);
        text.Add(new XElement("title", shown));
        return text;
    }

    public static XElement Words(string text, string style, double x, double y)
        => new("text", new XAttribute("class", style), new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), text);

    public static XElement Shape(string name, string style, params (string Name, double Value)[] numbers)
        => new(name, new XAttribute("class", style), numbers.Select(number => new XAttribute(number.Name, Number(number.Value))));

    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
