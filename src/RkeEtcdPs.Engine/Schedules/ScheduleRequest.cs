namespace RkeEtcdPs.Engine.Schedules;

/// <summary>How the recurring snapshot service is to be; what is null is taken from cluster.yml.</summary>
public sealed record ScheduleRequest
{
    /// <summary>The time between two snapshots, whole seconds.</summary>
    public TimeSpan? Creation { get; init; }

    /// <summary>How long they are kept, whole seconds.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>How many verified ones stay however old they are.</summary>
    public int? KeepAtLeast { get; init; }

    /// <summary>True when what is null stays as the service of this module on a host has it, where there is one.</summary>
    public bool KeepsValues { get; init; }

    /// <summary>Within how many seconds the hosts are spread by their names; null to begin one after the other in the order of cluster.yml.</summary>
    public int? JitterSeconds { get; init; }

    /// <summary>Replace or remove a service that is not of this module.</summary>
    public bool Force { get; init; }

    /// <summary>The image to work with; null to use the rke-tools image that the hosts have.</summary>
    public string? ToolsImage { get; init; }

    /// <summary>The limit for one host; null for that of its requests alone.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many hosts are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 8;

    /// <summary>Told at each step of a replacement; null where nobody wants to know.</summary>
    internal Action<ScheduleStep>? Observer { get; init; }
}
