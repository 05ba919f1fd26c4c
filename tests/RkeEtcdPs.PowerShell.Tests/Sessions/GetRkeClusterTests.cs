using RkeEtcdPs.Cmdlets.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.Sessions;

public sealed class GetRkeClusterTests : IDisposable
{
    private readonly ClusterFiles _files = new();
    private readonly Session _session = Session.Open();

    public GetRkeClusterTests()
    {
        _session.Enter(_files.FullName);
        _session.Set("yaml", ClusterYaml.Lab);
        _session.Set("lines", ClusterYaml.Lab.Split('\n'));
    }

    public void Dispose()
    {
        _session.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData("Get-RkeCluster", "lab")]
    [InlineData("Get-RkeCluster cluster.yml", "lab")]
    [InlineData("Get-RkeCluster clus*.yml, '[[]1].yml'", "lab odd")]
    [InlineData("Get-RkeCluster '[1].yml'", "odd")]
    [InlineData("Get-RkeCluster -LiteralPath '[1].yml'", "odd")]
    [InlineData("'cluster.yml', './cluster.yml' | Get-RkeCluster", "lab lab")]
    [InlineData("[IO.FileInfo]::new(\"$PWD/[1].yml\") | Get-RkeCluster", "odd")]
    [InlineData("[pscustomobject]@{ FullName = \"$PWD/cluster.yml\" } | Get-RkeCluster", "lab")]
    [InlineData("$yaml | Get-RkeCluster", "lab")]
    [InlineData("Get-RkeCluster -Yaml $yaml", "lab")]
    public void A_cluster_comes_from_paths_files_text_and_the_current_location(string script, string names) =>
        Assert.Equal(names, string.Join(' ', _session.Run(script).AssertQuiet().Property("Name")));

    [Fact]
    public void A_cluster_knows_its_file()
    {
        Assert.Equal(Path.Combine(_files.FullName, "cluster.yml"), Assert.Single(_session.Run("Get-RkeCluster").Property("Path")));
        Assert.Null(Assert.Single(_session.Run("Get-RkeCluster -Yaml $yaml").Property("Path")));
    }

    [Fact]
    public void A_file_that_cannot_be_used_is_one_error_and_the_others_are_read()
    {
        Run run = _session.Run("Get-RkeCluster broken.yml, cluster.yml, none.yml");

        Assert.Equal(["lab"], run.Property("Name"));
        Assert.Equal(["ClusterConfigInvalid", "ClusterConfigInvalid"], run.ErrorIds);
        Assert.Equal(["broken.yml", "none.yml"], run.Errors.Select(error => Path.GetFileName((string)error.TargetObject)));
        Assert.All(run.Errors, error => Assert.NotEmpty(error.ErrorDetails.RecommendedAction));
        Assert.Contains("line 3", $"{run.Errors[0]}", StringComparison.Ordinal);
        Assert.Contains("line 7", $"{run.Errors[0]}", StringComparison.Ordinal);
        Assert.Null(_session.Catch("Get-RkeCluster broken.yml"));
    }

    [Fact]
    public void What_is_odd_in_a_file_is_a_warning_with_its_place()
    {
        Run run = _session.Run("Get-RkeCluster typo.yml").AssertQuiet();

        Assert.StartsWith(Path.Combine(_files.FullName, "typo.yml: line 2, column 1:"), Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$lines | Get-RkeCluster")]
    [InlineData("Get-RkeCluster env:PATH")]
    public void What_is_no_file_is_refused_with_the_way_to_give_text(string script) =>
        Assert.Contains("Get-Content -Raw", $"{_session.Catch(script)}", StringComparison.Ordinal);

    [Fact]
    public void Clusters_and_nodes_have_views_even_in_strict_mode()
    {
        _session.Run("Set-StrictMode -Version Latest; $cluster = Get-RkeCluster; $cluster | Out-Host; $cluster.Nodes | Out-Host").AssertQuiet();

        Assert.Contains(_session.Screen.Lines, line => line.StartsWith("lab  3 (1 controlplane, 2 etcd, 1 worker) node1, node2", StringComparison.Ordinal));
        Assert.Contains("   Cluster: lab", _session.Screen.Lines);
        Assert.Contains(_session.Screen.Lines, line => line.StartsWith("worker1 10.0.0.3 10.0.0.3        worker", StringComparison.Ordinal));
    }
}
