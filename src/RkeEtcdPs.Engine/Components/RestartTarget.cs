namespace RkeEtcdPs.Engine.Components;

/// <summary>One container to restart.</summary>
/// <param name="Component">What it is called in the result.</param>
/// <param name="Tier">Its tier.</param>
/// <param name="Container">The container's name or id.</param>
/// <param name="Kube">The component of RKE that it is; null for a pod's.</param>
/// <param name="Pod">Whose container it is; null for RKE's own.</param>
internal sealed record RestartTarget(string Component, ComponentTier Tier, string Container, KubeComponent? Kube, PodContainer? Pod);
