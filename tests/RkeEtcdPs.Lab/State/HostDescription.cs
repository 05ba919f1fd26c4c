using System.Collections.Immutable;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.State;

/// <summary>A host that runs, as lab.json describes it.</summary>
public sealed record HostDescription
{
    /// <summary>What it was to be like.</summary>
    public required HostConfiguration Configuration { get; init; }

    /// <summary>Where ssh reaches it: an IPv4 address.</summary>
    public required string Address { get; init; }

    /// <summary>Where the other hosts reach it; the same as <see cref="Address"/> without a second interface.</summary>
    public required string InternalAddress { get; init; }

    /// <summary>The ends of its interfaces at the switch.</summary>
    public required ImmutableArray<string> Ports { get; init; }

    /// <summary>The first process of its pid namespace, whose end ends the host.</summary>
    public required ProcessMark Init { get; init; }

    /// <summary>The folder on the machine with its private folders and logs.</summary>
    public required string Folder { get; init; }
}
