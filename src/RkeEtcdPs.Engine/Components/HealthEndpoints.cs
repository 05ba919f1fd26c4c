namespace RkeEtcdPs.Engine.Components;

/// <summary>The URLs on a host's loopback at which a component tells its health: Kubernetes' defaults, changed by the component's own flags.</summary>
internal static class HealthEndpoints
{
    private const string Loopback = "127.0.0.1";

    /// <param name="component">The component's name.</param>
    /// <param name="flags">Its command line.</param>
    /// <returns>The URLs it may have, by version; none for one that has none.</returns>
    public static IReadOnlyList<string> Of(string component, IReadOnlyList<string> flags)
    {
        string bind = Address(Flag(flags, "--bind-address"));
        string address = Address(Flag(flags, "--address"));
        return component switch
        {
            "kube-apiserver" => Urls(("https", bind, Flag(flags, "--secure-port") ?? "6443")),
            "kube-controller-manager" => Urls(("https", bind, Flag(flags, "--secure-port") ?? "10257"), ("http", address, Flag(flags, "--port") ?? "10252")),
            "kube-scheduler" => Urls(("https", bind, Flag(flags, "--secure-port") ?? "10259"), ("http", address, Flag(flags, "--port") ?? "10251")),
            "kubelet" => Urls(("http", Address(Flag(flags, "--healthz-bind-address")), Flag(flags, "--healthz-port") ?? "10248")),
            "kube-proxy" => Urls(Proxy(Flag(flags, "--healthz-bind-address"), Flag(flags, "--healthz-port") ?? "10256")),
            _ => [],
        };
    }

    // A port of 0 is a component's way to say that it does not listen there.
    private static string[] Urls(params (string Scheme, string Address, string Port)[] endpoints)
        => [.. endpoints.Where(endpoint => endpoint.Port != "0").Select(endpoint => $"{endpoint.Scheme}://{endpoint.Address}:{endpoint.Port}/healthz")];

    // The last one counts, as it does for the component.
    private static string? Flag(IReadOnlyList<string> flags, string name)
        => flags.LastOrDefault(flag => flag.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..] is { Length: > 0 } value ? value : null;

    private static string Address(string? bound) => bound is null or "0.0.0.0" or "::" or "[::]" ? Loopback : bound.Contains(':', StringComparison.Ordinal) ? $"[{bound}]" : bound;

    private static (string Scheme, string Address, string Port) Proxy(string? bound, string port)
    {
        int colon = bound?.LastIndexOf(':') ?? -1;
        return colon > 0 ? ("http", Address(bound![..colon].Trim('[', ']')), bound[(colon + 1)..]) : ("http", Address(bound), port);
    }
}
