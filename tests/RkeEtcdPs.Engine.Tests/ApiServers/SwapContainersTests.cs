using Docker.DotNet.Models;
using RkeEtcdPs.Engine.ApiServers;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.ApiServers;

/// <summary>What can be told from the containers that a client left.</summary>
public sealed class SwapContainersTests
{
    private static readonly ContainerInspectResponse Old = Container("old", null, RestartPolicyKind.OnFailure, 3);
    private static readonly ContainerInspectResponse New = Container("new", ReplacedContainer.Of(Old), RestartPolicyKind.UnlessStopped);

    [Fact]
    public void Old_one_is_known_wherever_it_was_cut_off()
    {
        SwapContainers[] states = [new(Old, New, null), new(null, New, Old), new(New, null, Old)];

        Assert.All(states, state => Assert.Same(Old, state.Old));
        Assert.All(states, state => Assert.True(state.Unfinished));
        Assert.All(states, state => Assert.Null(state.Riddle("kube-apiserver")));
        Assert.All(states, state => Assert.True(state.Origin is { Id: "old", Ran: true, Policy: { Name: RestartPolicyKind.OnFailure, MaximumRetryCount: 3 } }));
        Assert.Equal([false, false, true], states.Select(state => state.MainIsNew));
    }

    [Fact]
    public void New_one_of_an_earlier_update_is_the_old_one_of_the_next()
    {
        ContainerInspectResponse next = Container("third", ReplacedContainer.Of(New), RestartPolicyKind.UnlessStopped);

        Assert.False(new SwapContainers(New, null, null).Unfinished);
        Assert.Same(New, new SwapContainers(New, next, null).Old);
        Assert.Equal("new", new SwapContainers(New, next, null).Origin?.Id);
        Assert.False(new SwapContainers(New, next, null).MainIsNew);
    }

    [Fact]
    public void What_is_not_of_this_module_is_a_riddle()
    {
        ContainerInspectResponse foreign = Container("foreign", null, RestartPolicyKind.Always);

        Assert.NotNull(new SwapContainers(Old, foreign, null).Riddle("kube-apiserver"));
        Assert.NotNull(new SwapContainers(foreign, null, Old).Riddle("kube-apiserver"));
        Assert.NotNull(new SwapContainers(null, null, null).Riddle("kube-apiserver"));
        Assert.NotNull(new SwapContainers(null, New, null).Riddle("kube-apiserver"));
        // The old one alone is put back: no other can be meant.
        Assert.Null(new SwapContainers(null, null, Old).Riddle("kube-apiserver"));
    }

    private static ContainerInspectResponse Container(string id, ReplacedContainer? replaced, RestartPolicyKind policy, long count = 0) => new()
    {
        ID = id,
        State = new State { Running = true },
        HostConfig = new HostConfig { RestartPolicy = new RestartPolicy { Name = policy, MaximumRetryCount = count } },
        Config = new ContainerConfig { Labels = replaced is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [ReplacedContainer.Label] = replaced.ToString() } },
    };
}
