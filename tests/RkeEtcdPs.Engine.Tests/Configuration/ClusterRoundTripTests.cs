using FsCheck.Xunit;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class ClusterRoundTripTests
{
    [Property(MaxTest = 500)]
    public void Any_cluster_written_as_YAML_reads_back_the_same(int seed)
    {
        Random random = new(seed);
        RkeCluster cluster = new RandomCluster(random).Next();
        string yaml = new ClusterYaml(random).Write(cluster);

        RkeCluster read = ClusterFile.Parse(yaml);

        Assert.Equal(InOneStyle(cluster), InOneStyle(read));
        Assert.DoesNotContain(read.Warnings, warning => warning.Text.Contains("unknown", StringComparison.Ordinal));
        Assert.All(read.Nodes, node => Assert.Equal(read.Bastion, node.Bastion));
    }

    // Random numbers of one seed choose one style for each value, so equal clusters give equal text.
    private static string InOneStyle(RkeCluster cluster)
    {
        Dictionary<string, string> images = new(cluster.SystemImages.OrderBy(image => image.Key, StringComparer.Ordinal));
        return new ClusterYaml(new Random(1)).Write(cluster with { SystemImages = images });
    }
}
