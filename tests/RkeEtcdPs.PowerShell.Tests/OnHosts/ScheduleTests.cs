using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

public sealed class ScheduleTests(LabFixture fixture) : SessionTest(fixture)
{
    [SkippableFact]
    public void WhatIf_says_cluster_host_and_values_and_changes_nothing()
    {
        Session.Run("Enable-EtcdSnapshotSchedule $lab -SshConfig $ssh -Node node1 -Creation 11h -Retention 3d").AssertQuiet();

        Run run = Session.Run("Enable-EtcdSnapshotSchedule $lab -SshConfig $ssh -Creation 6h -Retention 3d -WhatIf").AssertQuiet();
        Run piped = Session.Run("Get-EtcdSnapshotSchedule $lab -SshConfig $ssh -Node node1 | Enable-EtcdSnapshotSchedule -SshConfig $ssh -KeepAtLeast 2 -WhatIf").AssertQuiet();
        Run disable = Session.Run("Disable-EtcdSnapshotSchedule $lab -SshConfig $ssh -Node node1 -WhatIf").AssertQuiet();

        Assert.Empty(run.Output.Concat(piped.Output).Concat(disable.Output));
        string Line(string node, string what) => $"What if: Performing the operation \"{what}\" on target \"lab: {node} ({Lab[node].Address})\".";
        Assert.Equal(
            new[]
            {
                Line("node1", "Change recurring etcd snapshots: from one every 11h0m0s, kept for 72h0m0s, at least 1 to one every 6h0m0s, kept for 72h0m0s, at least 1"),
                Line("node1", "Change recurring etcd snapshots: from one every 11h0m0s, kept for 72h0m0s, at least 1 to one every 11h0m0s, kept for 72h0m0s, at least 2"),
                Line("node1", "Disable recurring etcd snapshots (one every 11h0m0s, kept for 72h0m0s, at least 1); their files stay"),
                Line("node2", "Enable recurring etcd snapshots, of which there are none: one every 6h0m0s, kept for 72h0m0s, at least 1, begun 60 s late"),
            }.Order(StringComparer.Ordinal),
            Session.Screen.Lines.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public void Hosts_of_several_clusters_are_piped_with_their_clusters()
    {
        Session.Set("files", Lab.Hosts.Select(ClusterOf).ToArray());

        Run enabled = Session.Run("$files | Get-RkeCluster | Get-EtcdSnapshotSchedule -SshConfig $ssh | Enable-EtcdSnapshotSchedule -Creation 12h -SshConfig $ssh").AssertQuiet();
        Run one = Session.Run("$all = $files | Get-EtcdSnapshotSchedule -SshConfig $ssh; $all | Where-Object Node -EQ node2 | Disable-EtcdSnapshotSchedule -SshConfig $ssh").AssertQuiet();
        Run wrong = Session.Run("$all | Disable-EtcdSnapshotSchedule -ClusterConfig $files[0] -SshConfig $ssh");
        Run none = Session.Run("$all | Where-Object Node -EQ node9 | Disable-EtcdSnapshotSchedule").AssertQuiet();

        Assert.Equal(["only-node1 node1 True", "only-node2 node2 True"], Tell(enabled));
        Assert.Equal(["only-node2 node2 False"], Tell(one));
        Assert.Equal(["only-node1 node1 False"], Tell(wrong));
        Assert.Equal(["NodeNotFound"], wrong.ErrorIds);
        Assert.Empty(none.Output);
    }

    [SkippableFact]
    public void What_came_from_another_session_needs_its_cluster_yml()
    {
        Session.Run("$kept = Get-EtcdSnapshotSchedule $lab -SshConfig $ssh | ForEach-Object { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_)) }").AssertQuiet();

        Run without = Session.Run("$kept | Disable-EtcdSnapshotSchedule -SshConfig $ssh");
        Run with = Session.Run("$kept | Disable-EtcdSnapshotSchedule -ClusterConfig $lab -SshConfig $ssh").AssertQuiet();

        Assert.Equal(["NodeNotFound"], without.ErrorIds);
        Assert.Equal(Lab.EtcdHosts.Count, with.Output.Count);
    }

    [SkippableTheory]
    [InlineData("snapshot: false", "snapshot")]
    [InlineData("snapshot: true\n    backup_config: { enabled: false }", "backup_config.enabled")]
    public void Service_that_cluster_yml_does_not_want_is_warned_of(string etcd, string setting)
    {
        string file = ClusterOf(Lab.Hosts[0]);
        File.AppendAllText(file, $"\nservices:\n  etcd:\n    {etcd}\n");
        Session.Set("file", file);

        Run run = Session.Run("Enable-EtcdSnapshotSchedule $file -SshConfig $ssh -WhatIf");

        Assert.Contains($"only-node1: services.etcd.{setting} is false in cluster.yml", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Tell(Run run)
        => run.Property("ClusterName").Zip(run.Property("Node"), run.Property("Enabled")).Select(row => $"{row.First} {row.Second} {row.Third}").Order(StringComparer.Ordinal);
}
