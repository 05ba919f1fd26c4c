using RkeEtcdPs.Cmdlets.Commands;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class RestartKubeComponentTests
{
    private const string ControlPlane = "kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, Network";

    [Fact]
    public void It_asks_for_every_node_with_what_restarts_there() => Assert.Equal(
        [
            $"SHOULD Restart {ControlPlane} node1 (10.0.0.1)",
            "SHOULD Restart kubelet, kube-proxy, Network node2 (10.0.0.2)",
            "SHOULD Restart kubelet, kube-proxy, Network worker1 (10.0.0.3)",
        ],
        Run(new RestartKubeComponentCommand()));

    [Fact]
    public void Addons_restart_when_they_are_named() =>
        Assert.Equal(["SHOULD Restart Addons worker1 (10.0.0.3)"], Run(new RestartKubeComponentCommand { Node = ["worker1"], Component = ["addons"] }));

    [Fact]
    public void A_component_is_restarted_only_where_its_role_is() =>
        Assert.Equal(["SHOULD Restart kube-scheduler node1 (10.0.0.1)"], Run(new RestartKubeComponentCommand { Component = ["kube-scheduler"] }));

    [Fact]
    public void Roles_choose_nodes_that_have_one_of_them() => Assert.Equal(
        ["SHOULD Restart kubelet node1 (10.0.0.1)", "SHOULD Restart kubelet worker1 (10.0.0.3)"],
        Run(new RestartKubeComponentCommand { Component = ["kubelet"], Role = ["controlplane", "worker"] }));

    [Theory]
    [InlineData("kube-apiserver", "node2", null)]
    [InlineData("kube-apiserver", "*", "worker")]
    public void What_would_do_nothing_is_an_error(string component, string node, string? role)
    {
        TerminatedException ended = Assert.Throws<TerminatedException>(
            () => Run(new RestartKubeComponentCommand { Component = [component], Node = [node], Role = role is null ? null : [role] }));

        Assert.Equal("NodeNotFound", ended.Failure.Id);
    }

    // Nothing is allowed, so that no host is contacted.
    private static List<object> Run(RestartKubeComponentCommand cmdlet)
    {
        cmdlet.ClusterConfig = (ClusterSource[])new ClusterSourceTransformationAttribute().Transform(null!, ClusterYaml.Lab);
        return CmdletRun.Run(cmdlet, new RecordingHost { Answer = false }).Written;
    }
}
