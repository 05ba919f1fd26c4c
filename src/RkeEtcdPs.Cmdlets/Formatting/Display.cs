using System.Globalization;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>How values read in tables and progress bars. For the module's views; scripts use the values themselves.</summary>
public static class Display
{
    private const string EtcdScheme = "https://";
    private const string EtcdPort = ":2379";

    private const int MaxLines = 12;

    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A size in powers of 1024, as PowerShell's own <c>1MB</c>; empty for null.</summary>
    public static string Size(long? bytes)
    {
        if (bytes is not { } size)
        {
            return "";
        }

        int unit = 0;
        double shown = size;
        while (Math.Round(shown) >= 1024 && unit < Units.Length - 1)
        {
            shown /= 1024;
            unit++;
        }

        string format = unit > 0 && shown < 10 ? "0.0" : "0";
        return $"{shown.ToString(format, CultureInfo.InvariantCulture)} {Units[unit]}";
    }

    /// <summary>Text of a host or a file, such as a key, which may hold anything: what a terminal would act on is written out. Empty for null.</summary>
    public static string Text(string? text) => PrintableText.Line(text) ?? "";

    /// <summary>A duration in its two largest units; empty for null.</summary>
    public static string Duration(TimeSpan? duration)
    {
        if (duration is not { } exact)
        {
            return "";
        }

        // Rounded first, so that no minute has 60 seconds.
        TimeSpan value = TimeSpan.FromSeconds(Math.Round(exact.TotalSeconds));
        return Math.Round(exact.TotalSeconds, 1) < 60 ? exact.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture)
            : value.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{value.Minutes} min {value.Seconds:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalHours} h {value.Minutes:00} min");
    }

    /// <summary>Endpoints as a table has room for them: without what is the same for all of them in a cluster of RKE. Empty when there are none.</summary>
    public static string Endpoints(IEnumerable<string>? endpoints) => string.Join(
        ", ",
        (endpoints ?? []).Select(endpoint => endpoint.StartsWith(EtcdScheme, StringComparison.Ordinal) && endpoint.EndsWith(EtcdPort, StringComparison.Ordinal)
            ? endpoint[EtcdScheme.Length..^EtcdPort.Length]
            : endpoint));

    /// <summary>A point in time on the admin's clock, to the second; empty for null.</summary>
    public static string Time(DateTime? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>How many nodes a cluster has, and how many of each role; a node may count more than once.</summary>
    public static string Nodes(RkeCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        NodeRoles[] roles = [NodeRoles.ControlPlane, NodeRoles.Etcd, NodeRoles.Worker];
        return $"{cluster.Nodes.Count} ({string.Join(", ", roles.Select(role => $"{cluster.Nodes.Count(node => node.Is(role))} {Roles(role)}"))})";
    }

    /// <summary>The names of the hosts that run etcd.</summary>
    public static string EtcdHosts(RkeCluster cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return string.Join(", ", cluster.EtcdNodes);
    }

    /// <summary>The kind of an object in a snapshot, or its resource where the kind is not known.</summary>
    public static string Kind(SnapshotObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Text(item.Kind ?? item.Resource);
    }

    /// <summary>The kinds of a summary, a line each, the one with the most bytes first.</summary>
    public static string Kinds(SnapshotSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return Counts(
            from kind in summary.ByKind
            group kind by kind.Kind ?? "(not told)" into same
            let bytes = same.Sum(kind => kind.Bytes)
            orderby bytes descending
            select (same.Key, same.Sum(kind => kind.Count), bytes));
    }

    /// <summary>The namespaces of a summary, a line each, the one with the most bytes first.</summary>
    public static string Namespaces(SnapshotSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return Counts(summary.ByNamespace.Select(space => (space.Namespace ?? "(none)", space.Count, space.Bytes)));
    }

    /// <summary>The biggest objects of a summary.</summary>
    public static string Biggest(SnapshotSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return string.Join('\n', summary.Biggest.Select(item => $"{Size(item.Size)}  {Text(item.Key)}"));
    }

    /// <summary>The members that a snapshot tells of, a line each.</summary>
    public static string Members(EtcdSnapshotCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return string.Join('\n', check.Members.Select(member =>
            Text($"{(member.Name.Length > 0 ? member.Name : "(not started)")} {member.Id} {string.Join(", ", member.PeerUrls)}{(member.IsLearner ? " (learner)" : "")}")));
    }

    /// <summary>What is wrong with a file, a line each.</summary>
    public static string Faults(EtcdSnapshotCheck check)
    {
        ArgumentNullException.ThrowIfNull(check);
        return string.Join('\n', check.Faults.Select(fault => fault.Message));
    }

    /// <summary>The cluster and hosts that a restore is about.</summary>
    public static string RestoreTarget(RestorePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return $"{plan.ClusterName} ({string.Join(", ", plan.Hosts.Where(host => host.Member is not null))})";
    }

    /// <summary>What a restore does and what is lost by it, as a question wants it.</summary>
    public static string RestoreAction(RestorePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Resumes is { } operation)
        {
            return $"Finish the restore {operation} of snapshot {plan.Snapshot}, which was cut off";
        }

        string age = plan.CreatedAt is { } taken ? $", {Age(DateTime.UtcNow - taken)} old" : "";
        string lost = (plan.CurrentRevision, plan.LostRevisions) switch
        {
            (null, _) => "etcd does not serve, so what would be lost is not known",
            ({ } now, { } count) => string.Create(CultureInfo.InvariantCulture, $"all changes since are lost: {count} revisions ({plan.Revision} to {now})"),
            _ => "all changes since are lost",
        };
        string from = (plan.Source ?? plan.SourceNode) is { } source ? $", given from {source} to the hosts without one" : "";
        string nodes = plan.WholeCluster ? "" : $"; the cluster will have no other members than {string.Join(", ", plan.Nodes)}";
        string old = plan.Hosts.Any(host => host.DataSize is not null) ? ". The old data is kept" : ". There is no old data";
        string servers = plan.Hosts.Any(host => host.Actions.Contains("stop kube-apiserver")) ? "; the API servers stop meanwhile" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"Replace etcd's data by snapshot {plan.Snapshot} (revision {plan.Revision}{age}{from}); {lost}{nodes}{servers}{old}");
    }

    /// <summary>What a plan does, a line each.</summary>
    public static string Actions(RestorePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return string.Join('\n', plan.Hosts.SelectMany(host => host.Actions.Select(action => $"{host.Node}: {action}")));
    }

    /// <summary>What was found, a line each.</summary>
    public static string Findings(RestorePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return string.Join('\n', plan.Findings.Select(finding => $"{finding.Severity}: {finding} {finding.Advice}"));
    }

    /// <summary>Roles as cluster.yml writes them.</summary>
    public static string Roles(NodeRoles roles) => roles.ToString().ToLowerInvariant();

    /// <summary>An age as people say it.</summary>
    public static string Age(TimeSpan age) => age.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days")
        : Duration(age < TimeSpan.Zero ? TimeSpan.Zero : age);

    private static string Counts(IEnumerable<(string Name, long Count, long Bytes)> parts)
    {
        string[] lines = [.. parts.Select(part => $"{Text(part.Name)}: {part.Count}, {Size(part.Bytes)}")];
        return string.Join('\n', lines.Length > MaxLines ? lines.Take(MaxLines).Append($"and {lines.Length - MaxLines} more") : lines);
    }
}
