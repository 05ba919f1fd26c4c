using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Recovery;

public sealed class RestoreTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Restore_brings_back_exactly_the_keys_of_the_snapshot_and_every_member_takes_writes()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        string before = await Keys.ReadAsync(Lab.Hosts[0]);
        await Keys.WriteAsync(Lab.Hosts[1], "after");
        await Lab.Hosts[2].EtcdctlAsync("del", "/registry/before/1");
        string[] containers = await ContainersAsync();

        IReadOnlyList<RestoreResult> results = await Product.RestoreAsync("good");

        Assert.Equal(Lab.EtcdHosts.Select(host => host.Name), results.Select(result => result.Node));
        Assert.All(results, result => Assert.Equal(RestorePhase.Done, result.Phase));
        Assert.Single(results.Select(result => result.Revision).Distinct());
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal(before, await Keys.ReadAsync(host));
        }

        foreach (LabHost host in Lab.EtcdHosts)
        {
            await host.PutAsync($"/registry/new/{host.Name}", "works");
        }

        Assert.All(results, result => Assert.True(Directory.Exists(Lab[result.Node].PathOf(result.KeptDataPath!) + "/member/snap")));
        Assert.All(results, result => Assert.InRange(result.Outage!.Value, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)));
        Assert.Equal(containers, await ContainersAsync());
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private async Task<string[]> ContainersAsync()
        => await Task.WhenAll(Lab.EtcdHosts.Select(async host => (await host.DockerAsync(
            "inspect", "--format", "{{json .Config}} {{json .HostConfig}} {{.Id}} {{.State.Running}}", "etcd", "kube-apiserver")).OrThrow().StandardOutput));
}
