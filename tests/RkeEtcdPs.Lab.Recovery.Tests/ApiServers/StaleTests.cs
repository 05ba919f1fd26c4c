using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.ApiServers;

public sealed class StaleTests(LabFixture fixture) : ApiServerTest(fixture)
{
    [SkippableFact]
    public async Task What_dead_hosts_left_is_said_and_removed_only_when_asked_for()
    {
        LabHost host = Lab.Hosts[0];
        // 127.0.0.1 stands for an address of a host that cluster.yml does not have.
        string[] living = [.. Lab.Hosts.Select(one => $"/registry/masterleases/{one.InternalAddress}"), "/registry/masterleases/127.0.0.1", "/registry/minions/node1", "/registry/minions/node2"];
        string[] dead = ["/registry/masterleases/10.99.0.9", "/registry/minions/node9"];
        foreach (string key in living.Concat(dead).Append("/registry/minionsother/node9"))
        {
            await host.PutAsync(key, "x");
        }

        Assert.Empty(await Product.StaleAsync(remove: false));

        string[] warnings = [.. Product.Story.OfType<HostWarning>().Select(warning => warning.Message)];
        Assert.Contains(warnings, warning => warning.Contains(": 10.99.0.9.", StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains(": node9.", StringComparison.Ordinal));
        Assert.Equal(2, warnings.Length);
        Assert.Empty(dead.Except(await host.GetKeysAsync("/registry/")));

        Outcome<StaleTrace>[] outcomes = await Product.StaleAsync(remove: true);

        Assert.All(outcomes, outcome => Assert.True(outcome.Value!.Removed));
        Assert.Equal(dead, outcomes.Select(outcome => outcome.Value!.Key));
        Assert.Equal(living.Append("/registry/minionsother/node9").Order(StringComparer.Ordinal), await host.GetKeysAsync("/registry/m"));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task What_is_alive_and_what_a_restore_may_replace_is_not_removed()
    {
        LabHost host = Lab.Hosts[0];
        string[] keys = ["/registry/leases/kube-node-lease/node8", "/registry/minions/node1", "/registry/minions/node8", "/registry/minions/node9"];
        foreach (string key in keys)
        {
            await host.PutAsync(key, "x");
        }

        (await host.DockerAsync("update", "--restart", "no", "etcd")).OrThrow();
        Assert.IsType<ApiServerUpdateNotSafeException>(Assert.Single(await Product.StaleAsync(remove: true)).Failure);
        (await host.DockerAsync("update", "--restart", "always", "etcd")).OrThrow();
        Assert.Equal(keys, await host.GetKeysAsync("/registry/"));

        // As a kubelet does that cluster.yml does not know.
        using CancellationTokenSource over = new();
        Task beats = BeatAsync(host, keys[0], over.Token);
        Outcome<StaleTrace>[] outcomes = await Product.StaleAsync(remove: true);
        await over.CancelAsync();
        await beats;

        Assert.Equal("/registry/minions/node9", Assert.Single(outcomes).Value!.Key);
        Assert.Equal(keys[..3], await host.GetKeysAsync("/registry/"));
        Assert.Contains(Product.Story.OfType<HostWarning>(), warning => warning.Message.Contains("node8 is alive", StringComparison.Ordinal));
    }

    private static async Task BeatAsync(LabHost host, string key, CancellationToken cancellationToken)
    {
        for (int beat = 0; !cancellationToken.IsCancellationRequested; beat++)
        {
            await host.PutAsync(key, beat.ToString(System.Globalization.CultureInfo.InvariantCulture), CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Node_objects_are_left_alone_where_their_names_are_not_those_of_cluster_yml()
    {
        await Lab.Hosts[0].PutAsync("/registry/minions/ip-10-0-0-1.ec2.internal", "x");

        Assert.Empty(await Product.StaleAsync(remove: true));

        Assert.Contains("cannot be told", Assert.Single(Product.Story.OfType<HostWarning>()).Message, StringComparison.Ordinal);
        Assert.Single(await Lab.Hosts[0].GetKeysAsync("/registry/minions/"));
    }
}
