using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.Sessions;

public sealed class CompletionTests : IDisposable
{
    private readonly ClusterFiles _files = new();
    private readonly Session _session = Session.Open();

    public CompletionTests() => _session.Enter(_files.FullName);

    public void Dispose()
    {
        _session.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData("Save-EtcdSnapshot -Node ", "node1 node2 worker1")]
    [InlineData("Save-EtcdSnapshot -Node n", "node1 node2")]
    [InlineData("Save-EtcdSnapshot -ClusterConfig cluster.yml -Node 10.0.0.3", "10.0.0.3")]
    [InlineData("Save-EtcdSnapshot nightly cluster.yml -Node node1, wo", "worker1")]
    [InlineData("Save-EtcdSnapshot nightly '[1].yml' -Node h", "home1")]
    [InlineData("Save-EtcdSnapshot -ClusterConfig '[1].yml', cluster.yml -Node h", "home1")]
    [InlineData("Get-EtcdMember -ClusterConfig $cluster -Node h", "home1")]
    [InlineData("Get-EtcdMember -ClusterConfig $yaml -Node h", "home1")]
    [InlineData("Get-EtcdMember -ClusterConfig $clusters -Node h", "home1")]
    public void Nodes_complete_from_the_cluster_at_hand(string line, string names)
    {
        _session.Run("$cluster = Get-RkeCluster '[1].yml'; $clusters = @($cluster; Get-RkeCluster); $yaml = [IO.File]::ReadAllText(\"$PWD/[1].yml\")").AssertQuiet();

        Assert.Equal(names, string.Join(' ', _session.Complete(line)));
    }

    [Fact]
    public void Names_complete_with_what_the_session_adds_to_every_call_also_from_within_a_module_as_at_the_prompt()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_files.FullName, "kept")).FullName;
        File.WriteAllText(Path.Combine(folder, "nightly"), "x");

        Run run = _session.Run(
            """
            $global:PSDefaultParameterValues = @{ 'Get-EtcdSnapshot:Path' = "$PWD/kept" }
            & (New-Module { }) { [Management.Automation.CommandCompletion]::CompleteInput('Get-EtcdSnapshot n', 18, $null).CompletionMatches.CompletionText }
            """).AssertQuiet();

        Assert.Equal(["nightly"], run.Text);
    }

    [Theory]
    [InlineData("Save-EtcdSnapshot -ClusterConfig broken.yml -Node zz")]
    [InlineData("Save-EtcdSnapshot -ClusterConfig none.yml -Node zz")]
    public void A_file_that_cannot_be_used_completes_to_nothing_and_leaves_no_error(string line)
    {
        Assert.Empty(_session.Complete(line));
        Assert.Equal(["0"], _session.Run("$Error.Count").Text);
    }
}
