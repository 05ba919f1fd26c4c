using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

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

        IReadOnlyList<RestoreResult> results = await Product.RestoreAsync(new RestoreRequest { Name = "good" });

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
        Assert.All(results, result => Assert.InRange(result.Outage!.Value, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(240)));
        Assert.Equal(containers, await ContainersAsync());
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Source_node_gives_its_copy_to_the_hosts_without_one_and_a_lost_etcd_container_is_made_again()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveAsync("one", "node1");
        string before = await Keys.ReadAsync(Lab.Hosts[0]);
        await Keys.WriteAsync(Lab.Hosts[0], "after");
        (await Lab.Hosts[2].DockerAsync("rm", "--force", "etcd")).OrThrow();

        string created = await LostAsync(Lab.Hosts[0]);

        IReadOnlyList<RestoreResult> results = await Product.RestoreAsync(new RestoreRequest { Name = "one", SourceNode = "node1", NoComponentRestart = true });

        Assert.Equal(3, results.Count);
        Assert.Equal(created, await LostAsync(Lab.Hosts[2]));
        string id = (await Lab.Hosts[2].DockerAsync("inspect", "--format", "{{.Id}}", "etcd")).OrThrow().StandardOutput.Trim();
        string log = (await Lab.Hosts[2].DockerAsync("inspect", "--format", "{{.LogPath}}", "etcd")).OrThrow().StandardOutput.Trim();
        Assert.Equal(log, new FileInfo(Lab.Hosts[2].PathOf($"/var/lib/rancher/rke/log/etcd_{id}.log")).LinkTarget);
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal(before, await Keys.ReadAsync(host));
            Assert.Equal("always", (await host.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}}", "etcd")).OrThrow().StandardOutput.Trim());
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Cluster_whose_etcd_is_dead_is_restored()
    {
        await Keys.WriteAsync(Lab.Hosts[0], "before");
        await Product.SaveSameAsync("good");
        string before = await Keys.ReadAsync(Lab.Hosts[0]);
        foreach (LabHost host in Lab.EtcdHosts)
        {
            await host.StopEtcdAsync();
        }

        Directory.Delete(Lab.Hosts[1].PathOf("/var/lib/etcd/member"), recursive: true);

        IReadOnlyList<RestoreResult> results = await Product.RestoreAsync("good");

        Assert.Null(results[1].KeptDataPath);
        foreach (LabHost host in Lab.EtcdHosts)
        {
            Assert.Equal(before, await Keys.ReadAsync(host));
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Helpers_that_another_machine_made_and_never_started_are_in_nobodys_way()
    {
        await Product.SaveSameAsync("good");
        foreach (string name in (string[])["etcd-restore-stage", "etcd-restore-look"])
        {
            (await Lab.Hosts[0].DockerAsync(
                "create", "--name", name, "--label", "io.etcdsnapshot.operation=other", "--label", "io.etcdsnapshot.lease=yes", "--label", "io.etcdsnapshot.client=elsewhere/1/1",
                "rancher/rke-tools:lab", "true")).OrThrow();
        }

        Assert.Equal(3, (await Product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true })).Count);

        Outcome<EtcdRestore>[][] looks = await Task.WhenAll(Product.RestoresAsync(), new Product(Lab).RestoresAsync());
        Assert.All(looks.SelectMany(look => look), outcome => Assert.Null(outcome.Failure));
        Assert.Equal([3, 3], looks.Select(look => look.Length));
    }

    // All that its container is made of, in the words of the first host.
    private async Task<string> LostAsync(LabHost host)
    {
        string said = (await host.DockerAsync("inspect", "--format", "{{json .Config.Cmd}} {{json .Config.Env}} {{json .Config.Labels}} {{json .HostConfig}}", "etcd")).OrThrow().StandardOutput;
        string cluster = string.Join(',', Lab.EtcdHosts.Select(one => $"etcd-{one.Name}=https://{one.InternalAddress}:2380"));
        return said.Replace(cluster, "CLUSTER", StringComparison.Ordinal)
            .Replace(host.Name, Lab.Hosts[0].Name, StringComparison.Ordinal)
            .Replace(host.InternalAddress, Lab.Hosts[0].InternalAddress, StringComparison.Ordinal)
            .Replace(host.InternalAddress.Replace('.', '-'), Lab.Hosts[0].InternalAddress.Replace('.', '-'), StringComparison.Ordinal);
    }

    private async Task<string[]> ContainersAsync()
        => await Task.WhenAll(Lab.EtcdHosts.Select(async host => (await host.DockerAsync(
            "inspect", "--format", "{{json .Config}} {{json .HostConfig}} {{.Id}} {{.State.Running}}", "etcd", "kube-apiserver")).OrThrow().StandardOutput));
}
