using System.Collections.Concurrent;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.Recovery;

/// <summary>What is said to somebody who pressed Ctrl+C while a change went on to its end all the same: no result and no error reaches him.</summary>
public sealed class RestoreEndTests : IProgress<HostEvent>
{
    private static readonly RestoreRecord Restore = new() { Operation = "20261122T161500Z-a1b2c3" };

    private readonly ConcurrentQueue<HostEvent> _story = new();

    void IProgress<HostEvent>.Report(HostEvent value) => _story.Enqueue(value);

    [Theory]
    [InlineData(RestorePhase.Done, true, "The new cluster was proved and serves")]
    [InlineData(RestorePhase.Undone, true, "the old data is in its place again")]
    [InlineData(RestorePhase.Done, false, "run Restart-KubeComponent")]
    [InlineData(RestorePhase.Undone, false, "the old data is in its place again")]
    public async Task Stopped_change_that_went_on_to_its_end_says_so(RestorePhase phase, bool noComponentRestart, string said)
    {
        using CancellationTokenSource stop = new();

        await Record.ExceptionAsync(() => RunAsync(phase, noComponentRestart, async () =>
        {
            await stop.CancelAsync();
            return Restore;
        }, stop.Token));

        Assert.Contains(said, Assert.Single(_story.OfType<HostFarewell>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RestorePhase.Done)]
    [InlineData(RestorePhase.Undone)]
    public async Task Stopped_change_that_did_not_come_to_its_end_says_what_is_left(RestorePhase phase)
    {
        using CancellationTokenSource stop = new();

        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => RunAsync(phase, true, async () =>
        {
            await stop.CancelAsync();
            throw Unfinished;
        }, stop.Token));

        Assert.Contains("except where this went wrong: a", Assert.Single(_story.OfType<HostFarewell>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_who_stopped_nothing_is_bid_farewell()
    {
        await RunAsync(RestorePhase.Done, true, () => Task.FromResult<RestoreRecord?>(Restore), CancellationToken.None);
        await Assert.ThrowsAsync<RestoreUnfinishedException>(() => RunAsync(RestorePhase.Done, true, () => throw Unfinished, CancellationToken.None));

        Assert.DoesNotContain(_story, told => told is HostFarewell);
    }

    private static RestoreUnfinishedException Unfinished => new(Restore.Operation, "the old data was put back, except where this went wrong: a", null);

    private async Task RunAsync(RestorePhase phase, bool noComponentRestart, Func<Task<RestoreRecord?>> change, CancellationToken cancellationToken)
    {
        RkeNode node = new() { ClusterName = "c", Name = "a", Address = "127.0.0.2", InternalAddress = "127.0.0.2", Roles = NodeRoles.ControlPlane | NodeRoles.Etcd };
        RkeCluster cluster = new() { Name = "c", Etcd = new EtcdService(), Nodes = [node] };
        HostOptions options = new();
        await using RestoreSession session = new(cluster, [node], new RestoreRequest { Name = "good", NoComponentRestart = noComponentRestart }, options, this);
        await foreach (Outcome<RestoreResult> _ in new RestoreEnd(session, options, phase).RunAsync(change, cancellationToken))
        {
        }
    }
}
