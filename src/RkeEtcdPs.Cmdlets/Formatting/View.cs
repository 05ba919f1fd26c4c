using System.Collections;
using System.Globalization;
using System.Management.Automation;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>What the module's views show, for <c>[View]::Size[$_, 'DbSize']</c>. For views alone; scripts use the values themselves.</summary>
public static class View
{
    private const string EtcdScheme = "https://";
    private const string EtcdPort = ":2379";

    private const int MaxLines = 12;

    // PowerShell drops what does not fit from the right: with these beside it, what a copy is and whether it was verified still fit in 80 columns. A name of
    // RKE's has 43 characters.
    private const int LongestPlace = 16;
    private const int LongestName = 43;

    private static readonly string[] RoleNames = ["ControlPlane", "Etcd", "Worker"];

    /// <summary>One line of text. What a terminal would act on is written out: hosts and files choose names.</summary>
    public static ViewColumn Text { get; } = new(TextOf);

    /// <summary>Text of several lines, made fit for a terminal in the same way.</summary>
    public static ViewColumn Lines { get; } = new(value => string.Join('\n', Items(value).Select(item => PrintableText.Lines(Property(item, "Message") as string ?? Written(item)))));

    /// <summary>The last part of a path of any system.</summary>
    public static ViewColumn FileName { get; } = new(value => Written(value) is var path ? PrintableText.Line(path[(path.LastIndexOfAny(['/', '\\']) + 1)..]) : "");

    /// <summary>Where a copy lies: its node, or else the end of the folder or bucket of its path.</summary>
    public static ViewColumn Place { get; } = new((item, property) => Part(item, "Node") is { Length: > 0 } node
        ? Shorten(node, LongestPlace, fromEnd: 0)
        : Shorten(TextOf(Property(item, property) is { } path ? FolderOf(Written(path)) : null), LongestPlace, fromEnd: LongestPlace - 1));

    /// <summary>A snapshot's name, without its middle when it is longer than those of RKE.</summary>
    public static ViewColumn Name { get; } = new(value => Shorten(TextOf(value), LongestName, fromEnd: LongestName / 2));

    /// <summary>A size of bytes in a unit that fits.</summary>
    public static ViewColumn Size { get; } = new(value => Display.Size(Number(value)));

    /// <summary>The same, and the number of bytes.</summary>
    public static ViewColumn Bytes { get; } = new(value => Number(value) is { } size ? string.Create(CultureInfo.InvariantCulture, $"{Display.Size(size)} ({size} bytes)") : "");

    /// <summary>A duration.</summary>
    public static ViewColumn Duration { get; } = new(value => Display.Duration(Span(value)));

    /// <summary>How old something is.</summary>
    public static ViewColumn Age { get; } = new(value => Span(value) is { } age ? Display.Age(age) : "");

    /// <summary>A time on the admin's clock.</summary>
    public static ViewColumn Time { get; } = new(value => Display.Time(Bare(value) as DateTime?));

    /// <summary>The elements of a list.</summary>
    public static ViewColumn List { get; } = new(value => string.Join(", ", Items(value).Select(TextOf)));

    /// <summary>Endpoints, without what is the same for all of them in a cluster of RKE.</summary>
    public static ViewColumn Endpoints { get; } = new(value => string.Join(", ", Items(value).Select(TextOf).Select(ShortEndpoint)));

    /// <summary>The keys of a table.</summary>
    public static ViewColumn Keys { get; } = new(value => Bare(value) is IDictionary table ? string.Join(", ", table.Keys.Cast<object>().Select(TextOf)) : "");

    /// <summary>The keys and values of a table.</summary>
    public static ViewColumn Pairs { get; } = new(value =>
        string.Join(", ", Items(value).Select(pair => $"{Part(pair, "Key")}={Part(pair, "Value")}")));

    /// <summary>Roles as cluster.yml writes them.</summary>
    public static ViewColumn Roles { get; } = new(value => TextOf(value).ToLowerInvariant());

    /// <summary>How many nodes a cluster has, and how many of each role; a node may count more than once.</summary>
    public static ViewColumn Nodes { get; } = new(NodesOf);

    /// <summary>The kind of an object in a snapshot, or its resource where the kind is not known.</summary>
    public static ViewColumn Kind { get; } = new((item, property) => TextOf(
        item.Properties[property]?.Value ?? item.Properties["Resource"]?.Value ?? Property(item.Properties["Difference"]?.Value ?? item.Properties["Reference"]?.Value, "Resource")));

    /// <summary>Counts of a summary, a line each, the one with the most bytes first.</summary>
    public static ViewColumn Counts { get; } = new(CountsOf);

    /// <summary>The biggest objects of a summary.</summary>
    public static ViewColumn Biggest { get; } = new(value => LinesOf(value, item => $"{Display.Size(Number(Property(item, "Size")))}  {Part(item, "Key")}", "Key"));

    /// <summary>The members that a snapshot tells of, a line each.</summary>
    public static ViewColumn Members { get; } = new(value => LinesOf(
        value,
        member => $"{(Part(member, "Name") is { Length: > 0 } name ? name : "(not started)")} {Part(member, "Id")} {List[PSObject.AsPSObject(member), "PeerUrls"]}{(Bare(Property(member, "IsLearner")) is true ? " (learner)" : "")}",
        "Id"));

    /// <summary>What a plan of a restore does, a line each.</summary>
    public static ViewColumn Actions { get; } = new(value => string.Join(
        '\n', Items(value).SelectMany(host => Items(Property(host, "Actions")).Select(action => $"{Part(host, "Node")}: {TextOf(action)}"))));

    /// <summary>What a restore restarts at its end, a line for each node.</summary>
    public static ViewColumn Restarts { get; } = new(value => LinesOf(value, restart => $"{Part(restart, "Node")}: {List[PSObject.AsPSObject(restart), "Components"]}", "Components"));

    /// <summary>What was found against a restore, a line each.</summary>
    public static ViewColumn Findings { get; } = new(value => LinesOf(value, finding => $"{Part(finding, "Severity")}: {TextOf(finding)} {Part(finding, "Advice")}", "Advice"));

    private static string FolderOf(string path) => path.LastIndexOfAny(['/', '\\']) is var end and >= 0 ? path[..Math.Max(end, 1)] : path;

    private static string Shorten(string text, int longest, int fromEnd)
        => text.Length <= longest ? text : $"{text[..(longest - 1 - fromEnd)]}…{text[^fromEnd..]}";

    private static string NodesOf(object value)
    {
        object[] nodes = [.. Items(value)];
        string[][] roles = [.. nodes.Select(node => Part(node, "Roles").Split(", "))];
        // From a job there are only their names.
        return nodes.Length > 0 && Property(nodes[0], "Roles") is null
            ? $"{nodes.Length}"
            : $"{nodes.Length} ({string.Join(", ", RoleNames.Select(role => $"{roles.Count(of => of.Contains(role))} {role.ToLowerInvariant()}"))})";
    }

    private static string CountsOf(object value)
    {
        string[] lines =
        [
            .. from item in Items(value)
               let kind = PSObject.AsPSObject(item).Properties["Kind"] is not null
               group item by Part(item, kind ? "Kind" : "Namespace") is { Length: > 0 } name ? name : kind ? "(not told)" : "(none)" into same
               let bytes = same.Sum(item => Number(Property(item, "Bytes")) ?? 0)
               orderby bytes descending
               select $"{same.Key}: {same.Sum(item => Number(Property(item, "Count")) ?? 0)}, {Display.Size(bytes)}",
        ];
        return string.Join('\n', lines.Length > MaxLines ? lines.Take(MaxLines).Append($"and {lines.Length - MaxLines} more") : lines);
    }

    // Deep inside of what came from elsewhere an object may be no more than its text.
    private static string LinesOf(object value, Func<object, string> line, string property)
        => string.Join('\n', Items(value).Select(item => Property(item, property) is null ? TextOf(item) : line(item)));

    private static string ShortEndpoint(string endpoint) =>
        endpoint.StartsWith(EtcdScheme, StringComparison.Ordinal) && endpoint.EndsWith(EtcdPort, StringComparison.Ordinal)
            ? endpoint[EtcdScheme.Length..^EtcdPort.Length]
            : endpoint;

    private static string Part(object? item, string property) => TextOf(Property(item, property));

    private static object? Property(object? item, string property) => item is null ? null : PSObject.AsPSObject(item).Properties[property]?.Value;

    private static string TextOf(object? value) => value is null ? "" : PrintableText.Line(Written(value));

    // Not the bare value: an enum from elsewhere is a number that knows its name.
    private static string Written(object value) => (value is IFormattable number and not PSObject ? number.ToString(null, CultureInfo.InvariantCulture) : value.ToString()) ?? "";

    private static long? Number(object? value) => Bare(value) is IConvertible and not string ? Convert.ToInt64(Bare(value), CultureInfo.InvariantCulture) : null;

    private static TimeSpan? Span(object? value) => Bare(value) as TimeSpan?;

    private static IEnumerable<object> Items(object? value) => Bare(value) switch
    {
        null => [],
        IDictionary table => table.Cast<object>(),
        IEnumerable list and not string => list.Cast<object?>().OfType<object>(),
        _ => [value!],
    };

    private static object? Bare(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
