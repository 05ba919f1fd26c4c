namespace RkeEtcdPs.Engine.Components;

/// <summary>What was seen of a component.</summary>
public enum ComponentState
{
    /// <summary>There is no such container on the host.</summary>
    Absent,

    /// <summary>The container is there and does not run.</summary>
    Stopped,

    /// <summary>It ended, and the engine is about to start it again.</summary>
    Restarting,

    /// <summary>Its container runs; whether the component is healthy is not known.</summary>
    Running,

    /// <summary>Its container runs and its health URL answered that it is well.</summary>
    Healthy,

    /// <summary>Its container runs and its health URL answered that it is not well.</summary>
    Unhealthy,
}
