using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Lab.Recovery.Tests.ApiServers;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>A host that cluster.yml does not name any more, while the cluster has no quorum that could tell of it.</summary>
public sealed class FormerMemberTests(LabFixture fixture) : ApiServerTest(fixture)
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Etcd_that_still_runs_there_forbids_a_second_cluster_and_components_wait_for_API_servers_that_know_the_new_one()
    {
        await Product.SaveSameAsync("good");
        LabHost former = Lab.Hosts[2];
        await Lab.Hosts[0].ServeApiAsync([EndpointOf(former)]);
        await Task.WhenAll(Lab.Hosts.Take(2).Select(host => host.StopEtcdAsync()));
        Product product = new(Lab) { Cluster = Product.Cluster with { Nodes = [.. Product.Cluster.Nodes.Where(node => node.Name != former.Name)] } };
        SnapshotRestore restore = new(product.Options, product);
        RestoreRequest request = new() { Name = "good" };

        RestorePlan refused = await restore.PlanAsync(product.Cluster, request);

        Assert.False(refused.Ready);
        Assert.Contains(refused.Findings, finding => finding is { Severity: RestoreFindingSeverity.Error, Id: "RestoreNotSafe" } && finding.Message.Contains($"etcd runs at {EndpointOf(former)}", StringComparison.Ordinal));

        await former.StopEtcdAsync();
        RestorePlan plan = await restore.PlanAsync(product.Cluster, request);

        Assert.True(plan.Ready, string.Join('\n', plan.Findings));
        Assert.Contains(plan.Findings, finding => finding.Message.Contains($"{EndpointOf(former)}, which cluster.yml does not name and where no etcd answers", StringComparison.Ordinal));

        Assert.Equal(2, (await product.RestoreAsync(request)).Count);

        Assert.Empty(product.RestoreFailures);
        Assert.All(await product.RestoresAsync(), outcome => Assert.Equal(ComponentsAfter.Left, outcome.Value!.Components));
        Assert.Contains(product.Story.OfType<HostWarning>(), warning => warning.Message.Contains("Update-KubeApiServer", StringComparison.Ordinal));
        await Remains.AssertNoneOnAsync(Lab.Hosts);
    }
}
