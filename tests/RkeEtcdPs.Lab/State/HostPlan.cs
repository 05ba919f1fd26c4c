using System.Collections.Immutable;
using RkeEtcdPs.Lab.Network;

namespace RkeEtcdPs.Lab.State;

/// <summary>A host before it runs: what it is to be like and where it will be.</summary>
/// <param name="Configuration">What it is to be like.</param>
/// <param name="Address">Where ssh will reach it.</param>
/// <param name="InternalAddress">Where the other hosts will reach it.</param>
/// <param name="Legs">Its interfaces.</param>
internal sealed record HostPlan(HostConfiguration Configuration, string Address, string InternalAddress, ImmutableArray<Leg> Legs)
{
    private const int FirstHost = 11;
    private const int BastionHost = 5;

    /// <summary>The hosts of a lab, in its order.</summary>
    internal static ImmutableArray<HostPlan> Of(LabConfiguration configuration, AddressPlan plan) =>
        [.. configuration.Hosts.Select((host, n) => Of(host, n, configuration, plan))];

    /// <summary>The bastion: on both networks, with the user and the port of the first host.</summary>
    internal static HostPlan OfBastion(LabConfiguration configuration, AddressPlan plan)
    {
        var first = configuration.Hosts[0];
        var host = new HostConfiguration("bastion") { Roles = 0, User = first.User, SshPort = first.SshPort };
        var front = new Leg(LabNetwork.FrontBridge, "bastionf", LabNetwork.FrontInterface, plan.OnFront(BastionHost));
        var inner = new Leg(LabNetwork.InnerBridge, "bastioni", "eth1", plan.OnInner(BastionHost));
        return new HostPlan(host, front.Address, inner.Address, [front, inner]);
    }

    /// <summary>One host of a lab.</summary>
    /// <param name="host">What it is to be like.</param>
    /// <param name="index">Its place among all hosts that the lab ever had, from 0.</param>
    /// <param name="configuration">The lab's.</param>
    /// <param name="plan">The lab's addresses.</param>
    internal static HostPlan Of(HostConfiguration host, int index, LabConfiguration configuration, AddressPlan plan)
    {
        var front = new Leg(LabNetwork.FrontBridge, $"h{index}f", LabNetwork.FrontInterface, plan.OnFront(FirstHost + index));
        var inner = new Leg(LabNetwork.InnerBridge, $"h{index}i", "eth1", plan.OnInner(FirstHost + index));
        return (configuration.Bastion, configuration.InternalNetwork) switch
        {
            (true, _) => new HostPlan(host, inner.Address, inner.Address, [inner]),
            (_, true) => new HostPlan(host, front.Address, inner.Address, [front, inner]),
            _ => new HostPlan(host, front.Address, front.Address, [front]),
        };
    }
}
