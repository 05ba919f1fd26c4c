using System.Globalization;
using RkeEtcdPs.Engine.Configuration;

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
            : string.Create(CultureInfo.InvariantCulture, $"{(int)value.TotalHours} h {value.Minutes:00} min");
    }

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

    /// <summary>Roles as cluster.yml writes them.</summary>
    public static string Roles(NodeRoles roles) => roles.ToString().ToLowerInvariant();
}
