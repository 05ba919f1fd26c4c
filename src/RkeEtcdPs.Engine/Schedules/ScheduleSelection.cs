using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>Which hosts are meant by what was told of their services before.</summary>
public static class ScheduleSelection
{
    /// <summary>The clusters that the hosts were read from, each once.</summary>
    public static IReadOnlyList<RkeCluster> Clusters(IEnumerable<EtcdSnapshotSchedule> schedules)
    {
        List<RkeCluster> clusters = [];
        foreach (RkeCluster cluster in schedules.Select(schedule => schedule.Origin?.Cluster).OfType<RkeCluster>())
        {
            if (!clusters.Exists(known => IsSame(known, cluster)))
            {
                clusters.Add(cluster);
            }
        }

        return clusters;
    }

    /// <summary>Whether it is known from which cluster.yml the host was read: not of what came from a file, a job or another session.</summary>
    public static bool IsOfKnownCluster(EtcdSnapshotSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule.Origin is not null;
    }

    /// <summary>Whether it is the service of a host: by the cluster that the host was read from, or by the names alone.</summary>
    /// <param name="schedule">What was told.</param>
    /// <param name="host">The host.</param>
    /// <param name="byName">True where somebody has said which file describes the cluster.</param>
    public static bool IsOf(EtcdSnapshotSchedule schedule, SelectedNode host, bool byName)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(host);
        return schedule.Node == host.Node.Name && (byName ? schedule.ClusterName == host.Cluster.Name : schedule.Origin is { } origin && IsSame(origin.Cluster, host.Cluster));
    }

    // A file that was read twice is one cluster, and clusters of other files may have its name.
    private static bool IsSame(RkeCluster one, RkeCluster other) => ReferenceEquals(one, other) || (one.Path is not null && one.Path == other.Path);
}
