using System.Net;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>
/// Whether etcd still runs on hosts that cluster.yml does not name any more: beside them a restore would make a second cluster. API servers and the
/// containers of members know of such hosts, also where there is no quorum to ask.
/// </summary>
internal sealed class FormerMembers(RestoreSession session, RestoreFindings findings)
{
    private readonly HashSet<string> _known = AddressesOf(session.Cluster.EtcdNodes);

    /// <summary>Looks for them.</summary>
    /// <param name="told">The addresses of those that the cluster itself has told of.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task CheckAsync(IReadOnlySet<string> told, CancellationToken cancellationToken)
    {
        ApiServerSettings settings = ApiServerSettings.Of(session.Cluster);
        List<(RestoreHost Host, ContainerInspectResponse Container, IReadOnlyList<string> Endpoints)> servers = [];
        foreach (RestoreHost host in session.Hosts.Where(host => host is { Connected: true, IsControlPlane: true }))
        {
            if (await ContainerCalls.InspectAsync(host.Engine, ApiServerSettings.Name, cancellationToken).ConfigureAwait(false) is { } container && settings.EndpointsOf(container) is { Count: > 0 } endpoints)
            {
                servers.Add((host, container, endpoints));
            }
        }

        HashSet<string> members = AddressesOf(session.Members.Select(host => host.Node));
        session.Astray = [.. servers.Where(server => !server.Endpoints.Any(endpoint => IsOf(endpoint, members))).Select(server => server.Host.Node.Name)];
        string[] served = [.. servers.SelectMany(server => server.Endpoints).Where(endpoint => IsFormer(endpoint, told)).Distinct(StringComparer.Ordinal)];
        IEnumerable<string> made = session.Members.SelectMany(host => host.Etcd?.InitialPeers ?? []).Select(AddressOf).OfType<string>().Distinct(StringComparer.Ordinal)
            .Select(address => address.Contains(':', StringComparison.Ordinal) ? $"https://[{address}]:2379" : $"https://{address}:2379").Where(endpoint => IsFormer(endpoint, told));
        string[] former = [.. served.Union(made, StringComparer.Ordinal)];
        if (former.Length > 0)
        {
            Tell(served, former, await AskAsync(settings, [.. servers.Select(server => (server.Host, server.Container))], former, cancellationToken).ConfigureAwait(false));
        }
    }

    private void Tell(string[] served, string[] former, IReadOnlyList<string>? running)
    {
        foreach (string endpoint in running ?? [])
        {
            findings.Add(null, "RestoreNotSafe", $"etcd runs at {endpoint}, which cluster.yml does not name: there would be two clusters.",
                "Put that host into cluster.yml, or stop etcd there for good (`docker rm --force etcd`), then try again.");
        }

        string[] silent = [.. served.Except(running ?? [])];
        if (silent.Length > 0)
        {
            string what = running is null ? "and whether etcd runs there is not known" : "and where no etcd answers";
            findings.Warn(null, $"API servers use {string.Join(", ", silent)}, which cluster.yml does not name {what}.",
                "If such a host comes back, remove etcd from it before anything else. Update-KubeApiServer has the API servers follow cluster.yml.");
        }
    }

    // From a host that has an API server, with the certificates that it shows.
    private async Task<IReadOnlyList<string>?> AskAsync(
        ApiServerSettings settings, IReadOnlyList<(RestoreHost Host, ContainerInspectResponse Container)> servers, string[] endpoints, CancellationToken cancellationToken)
    {
        foreach ((RestoreHost host, ContainerInspectResponse container) in servers)
        {
            EtcdReach reach = new(host.Engine, settings, container);
            if (reach.Mounts is { } mounts && await ToolsImage.FindPresentAsync(host.Engine, session.Cluster, session.Request.ToolsImage, cancellationToken).ConfigureAwait(false) is { } image)
            {
                try
                {
                    await using HealthProbe probe = await HealthProbe.StartAsync(
                        host.Engine, image, new ComponentRestartRequest { Operation = session.Request.Operation }, session.Story, cancellationToken, mounts).ConfigureAwait(false);
                    return await reach.FindRunningAsync(probe, endpoints, cancellationToken).ConfigureAwait(false);
                }
                catch (DockerUnavailableException refused) when (refused.Answered)
                {
                    // Perhaps another one can.
                }
            }
        }

        return null;
    }

    private bool IsFormer(string endpoint, IReadOnlySet<string> told) => !IsOf(endpoint, _known) && AddressOf(endpoint) is { } address && !told.Contains(address);

    private static HashSet<string> AddressesOf(IEnumerable<RkeNode> nodes)
        => nodes.SelectMany(node => new[] { node.Address, node.InternalAddress, node.Name }).ToHashSet(StringComparer.OrdinalIgnoreCase);

    // By the loopback a host means itself.
    private static bool IsOf(string endpoint, HashSet<string> addresses)
        => AddressOf(endpoint) is { } address && (addresses.Contains(address) || (IPAddress.TryParse(address, out IPAddress? ip) ? IPAddress.IsLoopback(ip) : address.Equals("localhost", StringComparison.OrdinalIgnoreCase)));

    /// <summary>The host of a URL; null when it is none.</summary>
    internal static string? AddressOf(string url) => Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Host.Length > 0 ? uri.Host.Trim('[', ']') : null;
}
