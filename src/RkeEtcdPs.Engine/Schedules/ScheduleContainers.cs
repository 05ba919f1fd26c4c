using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Schedules;

/// <summary>The containers of the service that are on a host.</summary>
/// <param name="Main">The one with the name; null when there is none.</param>
/// <param name="Next">One that was to take its place; null, as nearly always, when there is none.</param>
/// <param name="Previous">One whose place was being taken; null, as nearly always, when there is none.</param>
internal sealed record ScheduleContainers(ContainerInspectResponse? Main, ContainerInspectResponse? Next, ContainerInspectResponse? Previous)
{
    /// <summary>True when there is any.</summary>
    public bool Any => Main is not null || Next is not null || Previous is not null;
}
