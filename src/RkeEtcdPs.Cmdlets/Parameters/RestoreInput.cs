using System.Management.Automation;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Parameters;

/// <summary>What Restore-EtcdSnapshot is given, until the end of its pipeline: one snapshot in however many copies for each cluster, or reviewed plans.</summary>
internal sealed class RestoreInput
{
    private readonly List<EtcdSnapshot> _snapshots = [];
    private readonly List<RestorePlan> _plans = [];

    public void Add(IEnumerable<EtcdSnapshot> snapshots) => _snapshots.AddRange(snapshots);

    public void Add(IEnumerable<RestorePlan> plans) => _plans.AddRange(plans);

    /// <summary>What is to be restored, and where.</summary>
    /// <exception cref="PSArgumentException">It is not clear what, or its cluster was not given.</exception>
    public IEnumerable<(RkeCluster Cluster, RestoreRequest Request)> Requests(IReadOnlyList<RkeCluster> clusters, string? name, string? sourceNode)
    {
        if (_plans.Count > 0)
        {
            return [.. _plans.Select(plan => (Find(clusters, plan.ClusterName), Reviewed(plan)))];
        }

        if (name is not null)
        {
            return clusters.Select(cluster => (cluster, new RestoreRequest { Name = name, SourceNode = sourceNode }));
        }

        // A file does not say of which cluster it is.
        return [.. _snapshots.GroupBy(snapshot => snapshot.ClusterName is { } cluster ? Find(clusters, cluster) : Only(clusters), ReferenceEqualityComparer.Instance)
            .Select(given => ((RkeCluster)given.Key!, Given([.. given])))];
    }

    private static RestoreRequest Given(IReadOnlyList<EtcdSnapshot> copies)
    {
        string[] names = [.. copies.Select(copy => copy.Name).Distinct()];
        string[] contents = [.. copies.Select(copy => copy.ContentHash).OfType<string>().Distinct()];
        if (names.Length > 1 || contents.Length > 1)
        {
            throw new PSArgumentException($"Only one snapshot can be restored, and these are different: {string.Join(", ", copies)}.");
        }

        EtcdSnapshot? elsewhere = copies.FirstOrDefault(copy => copy.Location != SnapshotLocation.Host);
        return new RestoreRequest
        {
            Name = names[0],
            Source = elsewhere,
            SourceNode = elsewhere is null ? copies[0].Node : null,
            ContentHash = contents.FirstOrDefault(),
        };
    }

    private static RestoreRequest Reviewed(RestorePlan plan) => new()
    {
        Name = plan.Snapshot,
        Plan = plan,
        SourceNode = plan.SourceNode,
        Source = plan.Source is { } path && !path.StartsWith("s3://", StringComparison.Ordinal) ? SnapshotFiles.Describe(path) : null,
        Nodes = plan.WholeCluster ? null : plan.Nodes,
        NoComponentRestart = plan.Restarts.Count == 0,
    };

    /// <summary>The cluster that something from the pipeline says it is of.</summary>
    /// <exception cref="PSArgumentException">It was not given.</exception>
    public static RkeCluster Find(IReadOnlyList<RkeCluster> clusters, string name)
        => clusters.FirstOrDefault(cluster => cluster.Name == name) ?? throw new PSArgumentException($"This is for the cluster {name}, which is not among those given: {string.Join(", ", clusters)}.");

    private static RkeCluster Only(IReadOnlyList<RkeCluster> clusters)
        => clusters.Count == 1 ? clusters[0] : throw new PSArgumentException($"A file is restored to one cluster, and {clusters.Count} were given.");
}
