using System.Text.Json;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Configuration;

public class SecretTests
{
    [Fact]
    public void No_secret_is_printed_or_serialised()
    {
        RkeCluster cluster = ClusterFile.Parse(ExampleCluster.Full);
        object[] records =
        [
            cluster, cluster.Nodes[0], cluster.Nodes[0].Login, cluster.Bastion!, cluster.PrivateRegistries[0], cluster.Etcd,
            cluster.Etcd.Backup!, cluster.Etcd.Backup!.S3!, cluster.PrivateRegistries[0].Password!,
        ];
        foreach (object record in records)
        {
            Assert.DoesNotContain(ExampleCluster.Marker, record.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(ExampleCluster.Marker, JsonSerializer.Serialize(record, record.GetType()), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_secret_shows_no_public_property() => Assert.Empty(typeof(Secret).GetProperties());

    [Theory]
    [InlineData("  password: 'Zq7Marker9X\n")]
    [InlineData("  password: \"Zq7Marker9X\\q\"\n")]
    [InlineData("  password: [Zq7Marker9X]\n")]
    [InlineData("  password: {Zq7Marker9X: 1, Zq7Marker9X: 2}\n")]
    [InlineData("  Zq7Marker9X: x\n  Zq7Marker9X: y\n  password: []\n")]
    [InlineData("  password: *Zq7Marker9X\n")]
    [InlineData("  password: !Zq7Marker9X x\n")]
    [InlineData("  password: !Zq7Marker9X!x y\n")]
    [InlineData("  password: @Zq7Marker9X\n")]
    [InlineData("  password: Zq7Marker9X: y\n")]
    [InlineData("  password: |\nZq7Marker9X\n")]
    [InlineData("  is_default: Zq7Marker9X\n")]
    [InlineData("- Zq7Marker9X\n")]
    [InlineData("%Zq7Marker9X\nnodes: []\n")]
    public void No_error_shows_a_secret(string lines)
    {
        ClusterConfigInvalidException error = Assert.Throws<ClusterConfigInvalidException>(
            () => ClusterFile.Parse(ExampleCluster.Smallest + "private_registries:\n- url: r\n" + lines));
        Assert.DoesNotContain(ExampleCluster.Marker, error + error.Advice, StringComparison.Ordinal);
        Assert.All(error.Errors.Concat(error.Warnings), one => Assert.DoesNotContain(ExampleCluster.Marker, one.Text, StringComparison.Ordinal));
    }
}
