using System.Collections.Immutable;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab.State;

/// <summary>A lab that runs, as lab.json describes it. The file is written last: a folder without it is not, or no longer, a lab.</summary>
public sealed record LabDescription
{
    /// <summary>The instance number, which is in the names of links, cgroups and addresses.</summary>
    public required int Instance { get; init; }

    /// <summary>What it was to be like.</summary>
    public required LabConfiguration Configuration { get; init; }

    /// <summary>The process that holds the network namespace with the bridges.</summary>
    public required ProcessMark Switch { get; init; }

    /// <summary>The hosts, in the order of cluster.yml.</summary>
    public required ImmutableArray<HostDescription> Hosts { get; init; }

    /// <summary>The bastion; null when there is none.</summary>
    public HostDescription? Bastion { get; init; }

    /// <summary>True while everything that was started still runs.</summary>
    public bool IsAlive() => Switch.IsAlive() && Hosts.All(h => h.Init.IsAlive()) && Bastion?.Init.IsAlive() != false;
}
