using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class RestartTests(LabFixture fixture) : SessionTest(fixture)
{
    [SkippableFact]
    public async Task A_cluster_is_piped_in_and_a_table_of_restarts_comes_out()
    {
        Run run = Session.Run("Get-RkeCluster $lab | Restart-KubeComponent kubelet, network -SshConfig $ssh -OutVariable done; $done | Out-Host").AssertQuiet();

        Assert.Equal(
            ["node1 Network Absent", "node1 kubelet Running", "node2 Network Absent", "node2 kubelet Running"],
            run.Output.Select(item => $"{item.Properties["Node"].Value} {item.Properties["Component"].Value} {item.Properties["After"].Value}").Order(StringComparer.Ordinal));
        string table = string.Join('\n', Session.Screen.Lines);
        Assert.Contains("Cluster: lab", table, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^Node +Component +Pod +Before +After +StartedAt +Duration$", table);
        Assert.Matches(@"(?m)^node1 kubelet +Running +Running +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+ s$", table);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task WhatIf_names_what_would_restart_on_every_host_and_changes_nothing()
    {
        string before = await StartTimesAsync();

        Run run = Session.Run("Restart-KubeComponent -ClusterConfig $lab -SshConfig $ssh -IncludeAddons -WhatIf").AssertQuiet();

        Assert.Equal(
            Lab.Hosts.Select(host =>
                "What if: Performing the operation \"Restart kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy, Network, Addons\""
                + $" on target \"{host.Name} ({host.Address})\"."),
            Session.Screen.Lines);
        Assert.Empty(run.Output);
        Assert.Equal(before, await StartTimesAsync());
    }

    [SkippableFact]
    public async Task A_host_that_cannot_be_reached_is_an_error_record_and_the_others_finish()
    {
        await Lab["node2"].KillSshdAsync();

        Run run = Session.Run("Restart-KubeComponent kube-scheduler -ClusterConfig $lab -SshConfig $ssh");

        Assert.Equal(["node1"], run.Property("Node"));
        Assert.Equal(["NodeUnreachable"], run.ErrorIds);
    }

    [SkippableFact]
    public void Components_and_roles_complete_and_no_others_are_taken()
    {
        Assert.Equal(["kube-scheduler"], Session.Complete("Restart-KubeComponent kube-s"));
        Assert.Equal(["controlplane", "etcd", "worker"], Session.Complete("Restart-KubeComponent -Role "));
        Assert.StartsWith(
            "ParameterArgumentValidationError,", Session.Catch("Restart-KubeComponent etcd -ClusterConfig $lab -SshConfig $ssh")?.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    private async Task<string> StartTimesAsync()
        => (await Lab.Hosts[0].DockerAsync("inspect", "--format", "{{.State.StartedAt}}", "kube-apiserver", "kubelet")).OrThrow().StandardOutput;
}
