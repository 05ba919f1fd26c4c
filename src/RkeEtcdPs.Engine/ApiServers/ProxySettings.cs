using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Which API servers the nginx-proxy of a host without one goes to: RKE gives them in a variable, and in an argument of the same text.</summary>
internal sealed class ProxySettings(RkeCluster cluster) : IContainerSettings
{
    private const string Variable = "CP_HOSTS";
    private const string Assignment = Variable + "=";

    public string Container => "nginx-proxy";

    public IReadOnlyList<string> Endpoints { get; } = [.. cluster.Nodes.Where(node => node.Is(NodeRoles.ControlPlane)).Select(node => node.InternalAddress)];

    public IReadOnlyList<string>? EndpointsOf(ContainerInspectResponse container)
        => container.Config?.Env?.LastOrDefault(IsAssignment) is { } assignment ? [.. assignment[Assignment.Length..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)] : null;

    public IReadOnlyList<string> DifferencesOf(ContainerInspectResponse container)
        => EndpointsOf(container) is { } now && now.ToHashSet(StringComparer.Ordinal).SetEquals(Endpoints) ? [] : [Variable];

    public void Apply(CreateContainerParameters container)
    {
        string assignment = Assignment + string.Join(',', Endpoints);
        container.Env = [.. (container.Env ?? []).Select(word => IsAssignment(word) ? assignment : word)];
        container.Cmd = [.. (container.Cmd ?? []).Select(word => IsAssignment(word) ? assignment : word)];
        container.Entrypoint = [.. (container.Entrypoint ?? []).Select(word => IsAssignment(word) ? assignment : word)];
    }

    private static bool IsAssignment(string word) => word.StartsWith(Assignment, StringComparison.Ordinal);
}
