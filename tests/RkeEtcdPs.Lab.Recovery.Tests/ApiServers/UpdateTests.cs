using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.ApiServers;

public sealed class UpdateTests(LabFixture fixture) : ApiServerTest(fixture)
{
    [SkippableFact]
    public async Task Api_servers_follow_cluster_yml_and_those_that_are_right_are_left_alone()
    {
        await Lab.Hosts[0].PutAsync(Key, "yes");
        await Task.WhenAll(ServeOldAsync(Lab.Hosts[0], Lab.Hosts[1]), Lab.Hosts[2].ServeApiAsync(All.Reverse()));
        string[] ids = await Task.WhenAll(Lab.Hosts.Select(host => InspectAsync(host, "{{.Id}}")));
        string[] before = await Task.WhenAll(Lab.Hosts.Select(host => DescriptionAsync(host)));

        Outcome<ApiServerUpdate>[] outcomes = await Product.UpdateAsync();

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        ApiServerUpdate[] updates = [.. outcomes.Select(outcome => outcome.Value!).OrderBy(update => update.Node, StringComparer.Ordinal)];
        Assert.Equal([true, true, false], updates.Select(update => update.Changed));
        Assert.All(updates[..2], update => Assert.True(update is { State: ComponentState.Healthy, Duration.Ticks: > 0, Component: ApiServer }));
        Assert.All(updates[..2], update => Assert.Equal([EndpointOf(Lab.Hosts[0])], update.OldEndpoints));
        Assert.All(updates[..2], update => Assert.Equal(All, update.NewEndpoints));
        Assert.All(updates[..2], update => Assert.Equal(["--etcd-servers"], update.Settings));
        Assert.Equal(ids, updates.Select(update => update.OldId));
        string[] after = await Task.WhenAll(Lab.Hosts.Select(host => InspectAsync(host, "{{.Id}}")));
        Assert.Equal(after, updates.Select(update => update.Id));
        Assert.Equal([false, false, true], ids.Zip(after, (old, now) => old == now));
        foreach ((LabHost host, string old) in Lab.Hosts.Zip(before))
        {
            Assert.Equal(All.Order(), (await ServersOfAsync(host)).Order());
            Assert.Equal($"{Key}\nyes", await host.GetApiAsync("registry"));
            Assert.Equal(old.Replace($"--etcd-servers={EndpointOf(Lab.Hosts[0])}\"", $"--etcd-servers={string.Join(',', All)}\"", StringComparison.Ordinal), await DescriptionAsync(host));
            await AssertWholeAsync(host);
        }

        Assert.EndsWith("json.log", (await Lab.Hosts[0].RunAsync("readlink", $"/var/lib/rancher/rke/log/{ApiServer}_{after[0]}.log")).OrThrow().StandardOutput.Trim(), StringComparison.Ordinal);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    // With the long ones, since it needs a program that is not on every machine.
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Real_api_server_gives_afterwards_what_was_made_before()
    {
        Skip.IfNot(LabHost.HasRealApiServer, "ETCDSNAPSHOT_LAB_KUBE names no folder with kube-apiserver and kubectl");
        LabHost host = Lab.Hosts[0];
        await ServeOldAsync(host);
        (await host.KubectlAsync("create", "deployment", "before", "--image=none")).OrThrow();

        ApiServerUpdate update = Assert.Single(await Product.UpdateAsync(host.Name)).Value!;

        Assert.Equal(ComponentState.Healthy, update.State);
        Assert.Equal("deployment.apps/before", (await host.KubectlAsync("get", "deployments", "--output=name")).OrThrow().StandardOutput.Trim());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_watches_is_restarted_once_also_by_the_next_call()
    {
        LabHost host = Lab.Hosts[0];
        await ServeOldAsync(host);
        string before = await InspectAsync(host, "{{.State.StartedAt}}", "kube-controller-manager");
        Assert.True(Assert.Single(await Product.UpdateAsync(host.Name)).Value!.Changed);
        Assert.Equal(before, await InspectAsync(host, "{{.State.StartedAt}}", "kube-controller-manager"));

        // As with -WhatIf, or whoever says no.
        Product reluctant = new(Lab) { ApprovesRestart = false };
        Assert.False(Assert.Single(await reluctant.UpdateAsync(new ApiServerUpdateRequest(), [host.Name])).Value!.Changed);
        Assert.Equal(before, await InspectAsync(host, "{{.State.StartedAt}}", "kube-controller-manager"));

        // As if the first had been cut off before it came to that.
        Assert.False(Assert.Single(await Product.UpdateAsync(new ApiServerUpdateRequest(), [host.Name])).Value!.Changed);

        string after = await InspectAsync(host, "{{.State.StartedAt}}", "kube-controller-manager");
        Assert.NotEqual(before, after);
        Assert.False(Assert.Single(await Product.UpdateAsync(new ApiServerUpdateRequest(), [host.Name])).Value!.Changed);
        Assert.Equal(after, await InspectAsync(host, "{{.State.StartedAt}}", "kube-controller-manager"));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Proxy_of_a_host_without_an_api_server_follows_the_control_plane()
    {
        LabHost worker = Lab.Hosts[2];
        const string proxy = "nginx-proxy";
        (await worker.DockerAsync(
            "run", "--detach", "--name", proxy, "--network", "host", "--restart", "always", "--volumes-from", "service-sidekick", "--env", "CP_HOSTS=10.1.2.3", "--env", "OTHER=1", "--entrypoint", "/opt/rke-tools/entrypoint.sh",
            "rancher/rke-tools:lab", proxy, "CP_HOSTS=10.1.2.3")).OrThrow();
        string before = await DescriptionAsync(worker, proxy);
        RkeCluster cluster = Product.Cluster;
        Product product = new(Lab) { Cluster = cluster with { Nodes = [cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2] with { Roles = NodeRoles.Etcd | NodeRoles.Worker }] } };

        ApiServerUpdate update = Assert.Single(await product.UpdateAsync(worker.Name)).Value!;

        string servers = $"{Lab.Hosts[0].InternalAddress},{Lab.Hosts[1].InternalAddress}";
        Assert.True(update is { Component: proxy, Changed: true });
        Assert.Equal(("10.1.2.3", servers), (string.Join(',', update.OldEndpoints), string.Join(',', update.NewEndpoints)));
        Assert.Equal(before.Replace("CP_HOSTS=10.1.2.3\"", $"CP_HOSTS={servers}\"", StringComparison.Ordinal), await DescriptionAsync(worker, proxy));
        Assert.Equal([proxy], await NamesAsync(worker, running: true, proxy));
        Assert.False(Assert.Single(await product.UpdateAsync(worker.Name)).Value!.Changed);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }
}
