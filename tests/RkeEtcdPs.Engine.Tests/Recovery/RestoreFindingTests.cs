using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

public sealed class RestoreFindingTests
{
    private static readonly RkeNode Node = new() { ClusterName = "c", Name = "node1", Address = "10.0.0.1", InternalAddress = "10.0.0.1", Roles = NodeRoles.Etcd };

    [Fact]
    public void What_the_script_says_of_a_restore_names_the_host_once()
        => Assert.Equal(
            "node1: the restore cannot be worked on there: there is no record of this restore.",
            Of(RestoreScriptFailure.Explain(Node, "switch", "RestoreNotSafe there is no record of this restore", new ProgramResult(1, "", ""))).ToString());

    [Fact]
    public void Failure_that_begins_with_its_host_is_not_headed_by_it_again()
        => Assert.StartsWith("node1 is busy: ", Of(new OperationInProgressException(Node, "etcd-restore", "running", null, ours: true)).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("node1", "node10 is down.", "node1: node10 is down.")]
    [InlineData("node1", "node1-b is down.", "node1: node1-b is down.")]
    [InlineData("node1", "node1.lan is down.", "node1: node1.lan is down.")]
    [InlineData("node1", "node1 (10.0.0.1) is down.", "node1 (10.0.0.1) is down.")]
    [InlineData("node1", "node1: is down.", "node1: is down.")]
    [InlineData(null, "All are down.", "All are down.")]
    public void Host_heads_all_that_does_not_begin_with_its_name(string? node, string message, string said)
        => Assert.Equal(said, new RestoreFinding(node, RestoreFindingSeverity.Error, "X", message, "").ToString());

    private static RestoreFinding Of(EtcdSnapshotException failure) => new("node1", RestoreFindingSeverity.Error, failure.Id, failure.Message, failure.Advice);
}
