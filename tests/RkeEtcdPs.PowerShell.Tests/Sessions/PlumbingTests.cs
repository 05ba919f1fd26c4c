using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Tests;
using RkeEtcdPs.PowerShell.Tests.Hosting;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.Sessions;

public sealed class PlumbingTests : IDisposable
{
    private readonly DirectoryInfo _log = Directory.CreateTempSubdirectory("log");
    private readonly Session _session = Session.OpenWithProbe();

    public PlumbingTests()
    {
        _session.Set("lab", ClusterYaml.Lab);
        _session.Set("log", _log.FullName);
    }

    private IEnumerable<string> CleanedUp => _log.EnumerateFiles().Select(file => file.Name).Order();

    public void Dispose()
    {
        _session.Dispose();
        _log.Delete(recursive: true);
    }

    [Fact]
    public void Objects_verbose_lines_and_progress_reach_their_streams()
    {
        Run run = _session.Run("Invoke-EtcdProbe -ClusterConfig $lab -Verbose").AssertQuiet();

        Assert.Equal(["node1", "node2", "worker1"], run.Property("Name"));
        Assert.Equal(["[node1] probing", "[node2] probing", "[worker1] probing"], run.Verbose.Where(line => line.StartsWith('[')).Order());
        Assert.Equal(["node1: Probing", "node2: Probing", "worker1: Probing"], run.Progress.Select(bar => bar.Activity).Distinct().Order());
        Assert.Equal(3, run.Progress.Where(bar => bar.RecordType == ProgressRecordType.Completed).Select(bar => bar.ActivityId).Distinct().Count());
    }

    [Fact]
    public void A_defect_terminates() =>
        Assert.Equal(
            "UnexpectedFailure,RkeEtcdPs.Cmdlets.Probe.InvokeEtcdProbeCommand",
            _session.Catch("Invoke-EtcdProbe -ClusterConfig $lab -Crash")?.FullyQualifiedErrorId);

    [Fact]
    public void ErrorAction_Stop_ends_the_work_at_the_first_failed_host()
    {
        Run run = _session.Run("Invoke-EtcdProbe -ClusterConfig $lab -Fail node1 -Work 300 -CleanUpLog $log -ErrorAction Stop");

        Assert.Equal("node1 is not there.", run.Terminated?.Exception.Message);
        Assert.Equal(["node2", "worker1"], CleanedUp);
    }

    [Theory]
    [InlineData("foreach ($once in 1) { Invoke-EtcdProbe -ClusterConfig $lab -Work 60000 -CleanUpLog $log | ForEach-Object { $_.Name; break } }")]
    [InlineData("try { Invoke-EtcdProbe -ClusterConfig $lab -Work 60000 -CleanUpLog $log | ForEach-Object { $_.Name; throw 'enough' } } catch { }")]
    public void When_the_next_command_has_enough_the_work_is_cancelled_and_cleans_up_first(string script)
    {
        Run run = _session.Run(script).AssertQuiet();

        Assert.Equal(["node1"], run.Text);
        Assert.Equal(["node2", "worker1"], CleanedUp);
        Assert.Empty(run.Warnings);
    }

    [Fact]
    public async Task A_stopped_pipeline_waits_for_the_clean_up_and_says_nothing_more()
    {
        using RunningScript running = _session.Start("Invoke-EtcdProbe -ClusterConfig $lab -Work 60000 -CleanUpLog $log");
        await running.WaitForProgressAsync();

        Run run = running.Stop();

        Assert.Equal(PSInvocationState.Stopped, run.State);
        Assert.Equal(["node2", "worker1"], CleanedUp);
        Assert.Empty(run.Warnings);
        run.AssertQuiet();
    }

    [Theory]
    [InlineData("Invoke-EtcdProbe -ClusterConfig $null", "ParameterArgumentValidationError")]
    [InlineData("Invoke-EtcdProbe -ClusterConfig $lab -Node nobody", "NodeNotFound")]
    [InlineData("Invoke-EtcdProbe -ClusterConfig missing.yml", "ClusterConfigInvalid")]
    public void What_cannot_be_worked_on_terminates(string script, string id) =>
        Assert.StartsWith(id + ",", _session.Catch(script)?.FullyQualifiedErrorId, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_cluster_does_not_bind() => Assert.Equal(["InputObjectNotBound"], _session.Run("[datetime]::Now | Invoke-EtcdProbe").ErrorIds);

    [Theory]
    [InlineData("Get-RkeCluster $a | Invoke-EtcdProbe", "node1 node2 worker1")]
    [InlineData("[IO.FileInfo]$a | Invoke-EtcdProbe", "node1 node2 worker1")]
    [InlineData("$a, $b, $a | Invoke-EtcdProbe", "node1 node2 worker1 home1 node2 worker1")]
    [InlineData("[pscustomobject]@{ ClusterConfig = $b } | Invoke-EtcdProbe", "home1 node2 worker1")]
    [InlineData("Invoke-EtcdProbe $a, $b", "node1 node2 worker1 home1 node2 worker1")]
    [InlineData("@() | Invoke-EtcdProbe", "")]
    public void Clusters_from_the_pipeline_are_worked_on_once_each(string script, string names)
    {
        using ClusterFiles files = new();
        _session.Set("a", Path.Combine(files.FullName, "cluster.yml"));
        _session.Set("b", Path.Combine(files.FullName, "[1].yml"));

        Assert.Equal(names, string.Join(' ', _session.Run(script).AssertQuiet().Property("Name")));
    }
}
