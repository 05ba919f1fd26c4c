using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Components;

/// <summary>Restarts on hosts that differ from the ordinary ones, several differences in one lab.</summary>
[Collection(LabCollection.Name)]
public sealed class RestartVariantTests
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Worker_only_node_restarts_too_as_a_user_who_is_only_in_the_docker_group()
    {
        await using Lab lab = await LabVariants.StartAsync((LabConfiguration.WithHosts(1, host => host with { User = "rke" })).AndWorker());
        LabHost worker = lab["worker1"];
        await ComponentHosts.AddPodsAsync(worker);
        Dictionary<string, DateTime> before = await ComponentHosts.StartTimesAsync(worker);
        Product product = new(lab);

        Outcome<ComponentRestart>[] outcomes = await product.RestartAsync(new ComponentRestartRequest());

        Assert.All(outcomes, outcome => Assert.Null(outcome.Failure));
        Dictionary<string, DateTime> after = await ComponentHosts.StartTimesAsync(worker);
        Assert.Equal(
            [ComponentHosts.NameOf("calico-node", "canal"), ComponentHosts.NameOf("kube-flannel", "canal"), "kube-proxy", "kubelet"],
            after.Where(container => container.Value != before[container.Key]).Select(container => container.Key).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["calico-node", "kube-flannel", "kube-proxy", "kubelet"],
            outcomes.Where(outcome => outcome.Node.Name == worker.Name).Select(outcome => outcome.Value!.Component).Order(StringComparer.Ordinal));
        await Remains.AssertNoneAsync(lab.Hosts);
        await Assert.ThrowsAsync<NodeNotFoundException>(() => product.RestartAsync(new ComponentRestartRequest { Components = ["kube-apiserver"] }, worker.Name));
    }
}
