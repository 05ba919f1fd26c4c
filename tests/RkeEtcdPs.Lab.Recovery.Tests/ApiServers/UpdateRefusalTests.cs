using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.ApiServers;

/// <summary>What is found before the first change; nothing is changed anywhere then.</summary>
public sealed class UpdateRefusalTests(LabFixture fixture) : ApiServerTest(fixture)
{
    [SkippableFact]
    public async Task What_speaks_against_it_on_one_host_leaves_all_as_they_are()
    {
        await ServeOldAsync(Lab.Hosts[0], Lab.Hosts[1]);
        string[] ids = await IdsAsync();
        File.Delete(Lab.Hosts[1].PathOf("/etc/kubernetes/ssl/kube-node.pem"));

        Outcome<ApiServerUpdate>[] outcomes = await Product.UpdateAsync();

        Assert.Contains("kube-node.pem is not there", Assert.IsType<ApiServerUpdateNotSafeException>(FailureOf(outcomes, 1)).Message, StringComparison.Ordinal);
        Assert.IsType<ApiServerUpdateStoppedException>(FailureOf(outcomes, 0));
        // The one on the third host only waits, and its flags are right.
        Assert.False(outcomes.Single(outcome => outcome.Node.Name == Lab.Hosts[2].Name).Value!.Changed);

        (await Lab.Hosts[1].DockerAsync("rm", "--force", ApiServer)).OrThrow();
        outcomes = await Product.UpdateAsync();
        Assert.Contains("there is no container", Assert.IsType<ApiServerUpdateNotSafeException>(FailureOf(outcomes, 1)).Message, StringComparison.Ordinal);
        Assert.Equal(ids[0], (await IdsAsync())[0]);

        await Lab.Hosts[1].KillSshdAsync();
        outcomes = await Product.UpdateAsync();
        Assert.IsType<NodeUnreachableException>(FailureOf(outcomes, 1));
        Assert.IsType<ApiServerUpdateStoppedException>(FailureOf(outcomes, 0));
        Assert.Equal(ids[0], (await IdsAsync())[0]);
        await Lab.Hosts[1].StartSshdAsync();
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Endpoints_where_no_etcd_answers_are_refused()
    {
        await ServeOldAsync(Lab.Hosts[0]);
        string[] ids = await IdsAsync();
        RkeCluster cluster = Product.Cluster with { KubeApi = new KubeApiService { ExtraArgs = new Dictionary<string, string> { ["etcd-servers"] = $"https://{Lab.Hosts[0].InternalAddress}:2999" } } };
        Product product = new(Lab) { Cluster = cluster };

        Outcome<ApiServerUpdate> outcome = Assert.Single(await product.UpdateAsync(Lab.Hosts[0].Name));

        Assert.Contains(":2999 is a healthy etcd", Assert.IsType<ApiServerUpdateNotSafeException>(outcome.Failure).Message, StringComparison.Ordinal);
        Assert.Equal(ids[0], (await IdsAsync())[0]);
        await AssertWholeAsync(Lab.Hosts[0]);
    }

    [SkippableFact]
    public async Task Restore_that_is_at_work_or_another_update_is_waited_for_by_nobody()
    {
        await ServeOldAsync(Lab.Hosts[0]);
        string[] ids = await IdsAsync();
        (await Lab.Hosts[2].DockerAsync("run", "--detach", "--name", "etcd-restore", "--entrypoint", "sleep", "rancher/rke-tools:lab", "60")).OrThrow();

        Outcome<ApiServerUpdate>[] outcomes = await Product.UpdateAsync(Lab.Hosts[0].Name);

        Assert.Equal("etcd-restore", Assert.IsType<OperationInProgressException>(outcomes[0].Failure).Container);
        Assert.IsType<ApiServerUpdateStoppedException>(outcomes[1].Failure);

        // On the host of the restore there is nothing to be updated.
        outcomes = await Product.UpdateAsync();
        Assert.IsType<OperationInProgressException>(FailureOf(outcomes, 2));
        Assert.IsType<ApiServerUpdateStoppedException>(FailureOf(outcomes, 0));

        // A restore that was cut off before its proof keeps nothing but etcd's restart policy.
        (await Lab.Hosts[2].DockerAsync("rm", "--force", "etcd-restore")).OrThrow();
        (await Lab.Hosts[2].DockerAsync("update", "--restart=no", "etcd")).OrThrow();
        outcomes = await Product.UpdateAsync();
        Assert.Contains("Undo-EtcdRestore", Assert.IsType<ApiServerUpdateNotSafeException>(FailureOf(outcomes, 2)).Advice);
        Assert.IsType<ApiServerUpdateStoppedException>(FailureOf(outcomes, 0));
        Assert.Equal(ids[0], (await IdsAsync())[0]);
        (await Lab.Hosts[2].DockerAsync("update", "--restart=always", "etcd")).OrThrow();
    }

    private static EtcdSnapshotException? FailureOf(IEnumerable<Outcome<ApiServerUpdate>> outcomes, int host) => outcomes.Single(outcome => outcome.Node.Name == $"node{host + 1}").Failure;

    private async Task<string[]> IdsAsync()
        => await Task.WhenAll(Lab.Hosts.Select(async host => (await host.DockerAsync("inspect", "--format", "{{.Id}}", ApiServer)).StandardOutput.Trim()));
}
