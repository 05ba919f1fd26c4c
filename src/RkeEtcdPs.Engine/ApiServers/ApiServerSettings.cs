using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>How a kube-apiserver reaches etcd, as RKE's flags say it.</summary>
internal sealed class ApiServerSettings : IContainerSettings
{
    public const string Name = "kube-apiserver";

    private const string ServersFlag = "etcd-servers";
    private const string Ssl = "/etc/kubernetes/ssl";
    private const int EtcdPort = 2379;

    private readonly IReadOnlyList<(string Flag, string Value)> _flags;

    private ApiServerSettings(IReadOnlyList<(string Flag, string Value)> flags)
    {
        _flags = flags;
        Endpoints = Split(Value(ServersFlag)!);
    }

    public string Container => Name;

    public IReadOnlyList<string> Endpoints { get; }

    /// <summary>The certificate of etcd's authority, inside the container; null when it is left as it is.</summary>
    public string? CaFile => Value("etcd-cafile");

    /// <summary>The certificate to show to etcd, inside the container; null when it is left as it is.</summary>
    public string? CertFile => Value("etcd-certfile");

    /// <summary>The key of <see cref="CertFile"/>, inside the container; null when it is left as it is.</summary>
    public string? KeyFile => Value("etcd-keyfile");

    /// <summary>What cluster.yml says, and RKE makes of it.</summary>
    public static ApiServerSettings Of(RkeCluster cluster)
    {
        // The certificates of an external etcd are cluster.yml's own, and RKE puts them on the hosts.
        bool external = cluster.Etcd.ExternalUrls.Count > 0;
        (string Flag, string? Value)[] flags =
        [
            (ServersFlag, string.Join(',', external ? cluster.Etcd.ExternalUrls : cluster.EtcdNodes.Select(EndpointOf))),
            ("etcd-cafile", external ? null : $"{Ssl}/kube-ca.pem"),
            ("etcd-certfile", external ? null : $"{Ssl}/kube-node.pem"),
            ("etcd-keyfile", external ? null : $"{Ssl}/kube-node-key.pem"),
        ];
        return new ApiServerSettings([.. from flag in flags let value = cluster.KubeApi.ExtraArg(flag.Flag) ?? flag.Value where value is not null select (flag.Flag, value)]);
    }

    /// <summary>The last value that a container gives for a flag; null when it gives none.</summary>
    /// <param name="container">The container.</param>
    /// <param name="flag">The flag, without dashes.</param>
    public static string? FlagOf(ContainerInspectResponse container, string flag) => ComponentFlags.Values(ComponentFlags.WordsOf(container), flag) is [.., { } last] ? last : null;

    public IReadOnlyList<string>? EndpointsOf(ContainerInspectResponse container)
        => ComponentFlags.Values(ComponentFlags.WordsOf(container), ServersFlag) is { Count: > 0 } values ? [.. values.SelectMany(Split)] : null;

    public IReadOnlyList<string> DifferencesOf(ContainerInspectResponse container)
        => [.. _flags.Where(flag => !IsRight(container, flag.Flag, flag.Value)).Select(flag => $"--{flag.Flag}")];

    public void Apply(CreateContainerParameters container)
    {
        foreach ((string flag, string value) in _flags)
        {
            ComponentFlags.Set(container, flag, value);
        }
    }

    // The order means nothing to the API server: newer versions of RKE put the host's own member first.
    private bool IsRight(ContainerInspectResponse container, string flag, string value) => flag == ServersFlag
        ? EndpointsOf(container) is { } now && now.Select(Normal).ToHashSet(StringComparer.Ordinal).SetEquals(Endpoints.Select(Normal))
        : FlagOf(container, flag) == value;

    private string? Value(string flag) => _flags.FirstOrDefault(one => one.Flag == flag).Value;

    private static string EndpointOf(RkeNode node)
        => node.InternalAddress.Contains(':', StringComparison.Ordinal) ? $"https://[{node.InternalAddress}]:{EtcdPort}" : $"https://{node.InternalAddress}:{EtcdPort}";

    private static string[] Split(string servers) => servers.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Normal(string url) => url.TrimEnd('/');
}
