using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Docker;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>What a host has of a container and of those that take its place; each null when it is not there.</summary>
/// <param name="Main">The one that has the name.</param>
/// <param name="Next">One that is about to take its place.</param>
/// <param name="Previous">One whose place is being taken, or was.</param>
internal sealed record SwapContainers(ContainerInspectResponse? Main, ContainerInspectResponse? Next, ContainerInspectResponse? Previous)
{
    /// <summary>True when a replacement was cut off, or is under way.</summary>
    public bool Unfinished => Next is not null || Previous is not null;

    /// <summary>True when the one that has the name is the new one of such a replacement.</summary>
    public bool MainIsNew => Main is not null && Previous is not null && ReplacedContainer.Read(Main)?.Id == Previous.ID;

    /// <summary>The one that was there before; null when there is none.</summary>
    public ContainerInspectResponse? Old => Previous ?? Main;

    /// <summary>What is remembered of the old one.</summary>
    public ReplacedContainer? Origin => Old is null ? null : new[] { ReplacedContainer.Read(Next), ReplacedContainer.Read(Main) }.FirstOrDefault(replaced => replaced?.Id == Old.ID);

    /// <summary>Why it cannot be told what is what; null when it can.</summary>
    /// <param name="name">The name.</param>
    public string? Riddle(string name) => this switch
    {
        { Next: { } next } when ReplacedContainer.Read(next) is null => $"a container {ContainerCalls.NextOf(name)} is there that is not of this module",
        { Previous: not null, Main: not null, MainIsNew: false } => $"beside {name} there is {ContainerCalls.PreviousOf(name)}, whose place it did not take",
        { Main: null, Previous: null } => $"there is no container {name}",
        _ => null,
    };
}
