using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>What a container should be told by cluster.yml, and how it is told.</summary>
internal interface IContainerSettings
{
    /// <summary>The container's name.</summary>
    string Container { get; }

    /// <summary>The endpoints that it should have.</summary>
    IReadOnlyList<string> Endpoints { get; }

    /// <summary>The endpoints that a container has; null when it cannot be told what it has.</summary>
    IReadOnlyList<string>? EndpointsOf(ContainerInspectResponse container);

    /// <summary>The names of the settings in which a container differs from what it should be; empty when it is right.</summary>
    IReadOnlyList<string> DifferencesOf(ContainerInspectResponse container);

    /// <summary>Changes the description of a container so that it is right. All else stays.</summary>
    void Apply(CreateContainerParameters container);
}
