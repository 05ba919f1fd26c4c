namespace RkeEtcdPs.Engine.Components;

/// <summary>What a component's health URLs came to.</summary>
internal enum HealthAnswer
{
    /// <summary>They could not be asked.</summary>
    NotAsked,

    /// <summary>Nothing listens there.</summary>
    Silent,

    /// <summary>Something listens, and what it says cannot be understood.</summary>
    Unclear,

    /// <summary>It is well; or it wants to know who asks, which only a live one does.</summary>
    Healthy,

    /// <summary>It says that it is not well.</summary>
    Unhealthy,
}
