using System.Globalization;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Formatting;

/// <summary>How values read in tables and progress bars. For the module's views; scripts use the values themselves.</summary>
public static class Display
{
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
            : value.TotalHours < 48 ? string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalHours} h {value.Minutes:00} min")
            : string.Create(CultureInfo.InvariantCulture, $"{value.Days} d {value.Hours:00} h");
    }

    /// <summary>A point in time on the admin's clock, to the second; empty for null.</summary>
    public static string Time(DateTime? time) =>
        time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A copy of a snapshot, with its cluster where that is known.</summary>
    public static string CopyTarget(EtcdSnapshot copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        return copy.ClusterName is { } cluster ? $"{cluster}: {copy}" : copy.ToString();
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
            return $"Finish the restore {operation} of snapshot {plan.Snapshot}, which was cut off{ThenRestarts(plan.Restarts)}";
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
            CultureInfo.InvariantCulture, $"Replace etcd's data by snapshot {plan.Snapshot} (revision {plan.Revision}{age}{from}); {lost}{nodes}{servers}{old}{ThenRestarts(plan.Restarts)}");
    }

    /// <summary>What is restarted on a node at the end of a restore.</summary>
    public static string Restart(RestorePlanRestart restart)
    {
        ArgumentNullException.ThrowIfNull(restart);
        return $"restart {string.Join(", ", restart.Components)}";
    }

    /// <summary>The same of all nodes, as the end of a question; empty when nothing is restarted.</summary>
    public static string ThenRestarts(IReadOnlyList<RestorePlanRestart> restarts)
    {
        ArgumentNullException.ThrowIfNull(restarts);
        return restarts.Count == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"; then restarts {string.Join(", ", restarts.SelectMany(restart => restart.Components).Distinct())} on {restarts.Count} node{(restarts.Count == 1 ? "" : "s")}");
    }

    /// <summary>An age as people say it.</summary>
    public static string Age(TimeSpan age) => age.TotalDays >= 2
        ? string.Create(CultureInfo.InvariantCulture, $"{age.TotalDays:0} days")
        : Duration(age < TimeSpan.Zero ? TimeSpan.Zero : age);
}
