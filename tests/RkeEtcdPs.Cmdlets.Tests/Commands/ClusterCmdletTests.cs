using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Cmdlets.Probe;
using RkeEtcdPs.Cmdlets.Tests.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Cmdlets.Tests.Commands;

public sealed class ClusterCmdletTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clusters");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_a_cluster_it_takes_cluster_yml_of_the_current_location()
    {
        Write("cluster.yml", ClusterYaml.Lab);

        Assert.Equal(["node1", "node2", "worker1"], Names(Run()));
    }

    [Fact]
    public void All_input_is_worked_on_together_and_each_file_once()
    {
        Write("a.yml", ClusterYaml.Lab);
        Write("b.yml", ClusterYaml.Lab.Replace("node1", "home1", StringComparison.Ordinal));

        RecordingHost host = Run(Bind("a.yml"), Bind("*.yml"), Bind(new FileInfo(Path.Combine(_folder.FullName, "b.yml"))));

        Assert.Equal(["node1", "node2", "worker1", "home1", "node2", "worker1"], Names(host));
        Assert.Equal(6, host.Written.TakeWhile(item => item is string text && text.StartsWith("SHOULD", StringComparison.Ordinal)).Count());
    }

    [Fact]
    public void A_cluster_that_was_read_before_is_not_warned_of_again()
    {
        RecordingHost fresh = Run(Bind(ClusterYaml.WithTypo));
        RecordingHost known = Run(Bind(ClusterFile.Parse(ClusterYaml.WithTypo)));

        Assert.Contains(fresh.Written, item => item is string text && text.StartsWith("WARNING YAML text: line 2, column 1:", StringComparison.Ordinal));
        Assert.DoesNotContain(known.Written, item => item is string text && text.StartsWith("WARNING", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_cannot_be_used_ends_it_before_any_work()
    {
        Write("a.yml", ClusterYaml.Lab);
        Write("b.yml", ClusterYaml.Broken);
        var host = new RecordingHost { Location = _folder.FullName };

        TerminatedException ended = Assert.Throws<TerminatedException>(
            () => CmdletRun.Run(new InvokeEtcdProbeCommand(), host, Bind("a.yml"), Bind("b.yml")));

        Assert.Equal("ClusterConfigInvalid", ended.Failure.Id);
        Assert.Empty(host.Written);
    }

    [Fact]
    public void A_node_that_is_nowhere_ends_it_before_any_work()
    {
        var host = new RecordingHost();

        TerminatedException ended = Assert.Throws<TerminatedException>(
            () => CmdletRun.Run(new InvokeEtcdProbeCommand { Node = ["nobody"] }, host, Bind(ClusterYaml.Lab)));

        Assert.Equal("NodeNotFound", ended.Failure.Id);
        Assert.Empty(host.Written);
    }

    [Fact]
    public void A_cluster_without_such_a_node_is_an_error_and_the_others_are_worked_on()
    {
        RkeCluster other = ClusterFile.Parse(ClusterYaml.Lab);
        RkeCluster external = other with { Name = "external", Nodes = [.. other.Nodes.Where(node => !node.Is(NodeRoles.Etcd))] };
        var host = new RecordingHost();

        CmdletRun.Run(new InvokeEtcdProbeCommand { Role = NodeRoles.Etcd }, host, Bind(external), Bind(ClusterYaml.Lab));

        Assert.Equal(["node1", "node2"], Names(host));
        CmdletFailure failure = Assert.Single(host.Written.OfType<CmdletFailure>());
        Assert.Equal(("NodeNotFound", external), (failure.Id, failure.Target));
    }

    [Fact]
    public void A_value_that_is_no_cluster_is_left_as_it_is()
    {
        object date = DateTime.UnixEpoch;

        Assert.Same(date, new ClusterSourceTransformationAttribute().Transform(null!, date));
        Assert.Equal("", new ClusterSourceTransformationAttribute().Transform(null!, ""));
    }

    private static Action<InvokeEtcdProbeCommand> Bind(object argument) =>
        cmdlet => cmdlet.ClusterConfig = (ClusterSource[])new ClusterSourceTransformationAttribute().Transform(null!, argument);

    private static IEnumerable<string> Names(RecordingHost host) => host.Written.OfType<RkeNode>().Select(node => node.Name);

    private RecordingHost Run(params Action<InvokeEtcdProbeCommand>[] bind) =>
        CmdletRun.Run(new InvokeEtcdProbeCommand(), new RecordingHost { Location = _folder.FullName }, bind);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);
}
