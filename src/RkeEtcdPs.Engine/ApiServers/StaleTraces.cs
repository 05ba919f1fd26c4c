using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Finds what dead hosts have left in etcd: API servers among the endpoints of the service <c>kubernetes</c>, and Node objects. Removes them when told to.</summary>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done, and warned of what is left.</param>
public sealed class StaleTraces(HostOptions options, IProgress<HostEvent> story)
{
    private const string DefaultPrefix = "/registry";

    // An API server and a kubelet renew their leases every ten seconds, and a kubelet before 1.14 its Node object.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // When the keys were read, and the revision of the last change of each.
    private readonly Stopwatch _since = new();
    private readonly Dictionary<string, long> _revisions = new(StringComparer.Ordinal);

    /// <summary>Looks into the etcd of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="request">How.</param>
    /// <param name="approve">Asked before each key is removed; null when none is to be removed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>An outcome for each key that was removed, or could not be; a failure where keys are to be removed and cannot be told or must not be touched. What is left is warned of.</returns>
    public async IAsyncEnumerable<Outcome<StaleTrace>> RunAsync(
        RkeCluster cluster, ApiServerUpdateRequest request, Func<StaleTrace, Task<bool>>? approve, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (cluster.Etcd.ExternalUrls.Count > 0)
        {
            story.Report(new HostMessage(cluster.Name, "[stale] The etcd is external: whether dead hosts have left something in it was not looked at"));
            yield break;
        }

        await using HostWay? way = await OpenAsync(cluster, cancellationToken).ConfigureAwait(false);
        if (way is null && approve is not null)
        {
            RkeNode first = cluster.EtcdNodes.First();
            yield return new Outcome<StaleTrace>(first, new EtcdUnhealthyException(first, "no member could be asked what dead hosts have left, so nothing of that was removed"));
            yield break;
        }

        if (way is null)
        {
            story.Report(new HostWarning(cluster.Name, "No etcd member could be asked whether dead hosts have left something in it."));
            yield break;
        }

        StaleTrace[] stale = [];
        EtcdSnapshotException? failed = null;
        try
        {
            stale = [.. await FindAsync(way, cluster, request, asked: approve is not null, cancellationToken).ConfigureAwait(false)];
            if (approve is not null && stale.Length > 0)
            {
                failed = await FindRestoreAsync(cluster, request, cancellationToken).ConfigureAwait(false);
                stale = failed is null ? await LeaveMovingAsync(way, cluster, stale, cancellationToken).ConfigureAwait(false) : stale;
            }
        }
        catch (EtcdSnapshotException failure)
        {
            failed = failure;
        }

        if (failed is not null)
        {
            yield return new Outcome<StaleTrace>(way.Node, failed);
            yield break;
        }

        List<StaleTrace> left = [];
        foreach (StaleTrace trace in stale)
        {
            if (approve is null || !await approve(trace).ConfigureAwait(false))
            {
                left.Add(trace);
                continue;
            }

            yield return await RemoveAsync(way, trace, cancellationToken).ConfigureAwait(false);
        }

        Advise(cluster, left, asked: approve is not null);
    }

    private void Advise(RkeCluster cluster, IReadOnlyList<StaleTrace> left, bool asked)
    {
        string[] servers = [.. left.Where(trace => trace.Kind == StaleTraceKind.ApiServer).Select(trace => trace.Name)];
        string[] nodes = [.. left.Where(trace => trace.Kind == StaleTraceKind.Node).Select(trace => trace.Name)];
        if (servers.Length > 0)
        {
            story.Report(new HostWarning(
                cluster.Name, $"The service kubernetes still leads to API servers that no host of cluster.yml has: {string.Join(", ", servers)}.{(asked ? " Their leases were left." : " Update-KubeApiServer -RemoveStale removes their leases.")}"));
        }

        if (nodes.Length > 0)
        {
            story.Report(new HostWarning(
                cluster.Name, $"There are Node objects of hosts that are not in cluster.yml: {string.Join(", ", nodes)}.{(asked ? " They were left." : " Remove them by `kubectl delete node`, or by Update-KubeApiServer -RemoveStale.")}"));
        }
    }

    // Until a restore is proved, its data may still be replaced by the data of before.
    private async Task<EtcdSnapshotException?> FindRestoreAsync(RkeCluster cluster, ApiServerUpdateRequest request, CancellationToken cancellationToken)
    {
        await using RestoreWatch watch = new(options, story, request.ThrottleLimit);
        RestoreWork?[] found = await Task.WhenAll(cluster.EtcdNodes.Select(node => watch.FindAsync(node, cancellationToken))).ConfigureAwait(false);
        return UpdateHost.RefusalOf(found.FirstOrDefault(restore => restore is not null));
    }

    /// <summary>Leaves out what is alive, whatever cluster.yml says: the keys of living hosts change with every heartbeat.</summary>
    private async Task<StaleTrace[]> LeaveMovingAsync(HostWay way, RkeCluster cluster, StaleTrace[] stale, CancellationToken cancellationToken)
    {
        if (_since.Elapsed < Heartbeat)
        {
            story.Report(new HostMessage(way.Node.Name, FormattableString.Invariant($"[stale] Waiting {Heartbeat.TotalSeconds:0} s to see which of them are alive")));
            await Task.Delay(Heartbeat - _since.Elapsed, cancellationToken).ConfigureAwait(false);
        }

        List<StaleTrace> dead = [];
        foreach (StaleTrace trace in stale)
        {
            if (await MovesAsync(way.Engine, trace, cancellationToken).ConfigureAwait(false))
            {
                story.Report(new HostWarning(cluster.Name, $"{trace.Key} was left: {trace.Name} is alive, though no host of cluster.yml. Is it the right cluster.yml?"));
            }
            else
            {
                dead.Add(trace);
            }
        }

        return [.. dead];
    }

    private async Task<bool> MovesAsync(DockerEngine engine, StaleTrace trace, CancellationToken cancellationToken)
    {
        foreach (string key in trace.Signs)
        {
            IReadOnlyDictionary<string, long> now = await KeysAsync(engine, key, prefix: false, cancellationToken).ConfigureAwait(false);
            if (now.TryGetValue(key, out long revision) && revision != _revisions.GetValueOrDefault(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The first etcd host that can be asked; null when there is none.</summary>
    private async Task<HostWay?> OpenAsync(RkeCluster cluster, CancellationToken cancellationToken)
    {
        foreach (RkeNode node in cluster.EtcdNodes)
        {
            HostWay way = new(node, options, story);
            try
            {
                await way.ConnectAsync(cancellationToken).ConfigureAwait(false);
                if ((await EtcdctlAsync(way.Engine, cancellationToken, "endpoint", "health", "--command-timeout=5s").ConfigureAwait(false)).ExitCode == 0)
                {
                    return way;
                }
            }
            catch (EtcdSnapshotException)
            {
                // Perhaps another one.
            }

            await way.DisposeAsync().ConfigureAwait(false);
        }

        return null;
    }

    private async Task<IEnumerable<StaleTrace>> FindAsync(HostWay way, RkeCluster cluster, ApiServerUpdateRequest request, bool asked, CancellationToken cancellationToken)
    {
        _revisions.Clear();
        string prefix = (cluster.KubeApi.ExtraArg("etcd-prefix") ?? DefaultPrefix).TrimEnd('/') + "/";
        IReadOnlyCollection<string> leases = await RememberAsync(way.Engine, prefix + StaleKeys.Leases, cancellationToken).ConfigureAwait(false);
        IReadOnlyCollection<string> nodes = await RememberAsync(way.Engine, prefix + StaleKeys.Nodes, cancellationToken).ConfigureAwait(false);
        await RememberAsync(way.Engine, prefix + StaleKeys.NodeLeases, cancellationToken).ConfigureAwait(false);
        _since.Restart();
        IReadOnlyList<StaleTrace> servers = StaleKeys.ApiServers(cluster, leases, prefix + StaleKeys.Leases);
        if (servers.Count > 0)
        {
            servers = await LeaveLivingAsync(cluster, servers, request, asked, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<StaleTrace> objects = StaleKeys.NodeObjects(cluster, nodes, prefix + StaleKeys.Nodes);
        if (objects.Count > 0 && StaleKeys.Doubt(cluster, nodes, prefix + StaleKeys.Nodes) is { } doubt)
        {
            story.Report(new HostWarning(cluster.Name, $"Which Node objects are of dead hosts cannot be told: {doubt}."));
            objects = [];
        }

        return servers.Concat(objects);
    }

    /// <summary>An API server may call itself by another of its host's addresses than cluster.yml does. What is left is nobody's.</summary>
    private async Task<IReadOnlyList<StaleTrace>> LeaveLivingAsync(RkeCluster cluster, IReadOnlyList<StaleTrace> servers, ApiServerUpdateRequest request, bool asked, CancellationToken cancellationToken)
    {
        HashSet<string> living = new(StringComparer.OrdinalIgnoreCase);
        foreach (RkeNode node in cluster.Nodes.Where(node => node.Is(NodeRoles.ControlPlane)))
        {
            try
            {
                living.UnionWith(await AddressesAsync(cluster, node, request, cancellationToken).ConfigureAwait(false));
            }
            catch (EtcdSnapshotException failure) when (!asked)
            {
                story.Report(new HostWarning(
                    node.Name, $"Whose the API server leases {string.Join(", ", servers.Select(server => server.Name))} are cannot be told without knowing the addresses of this host. {failure.Message}"));
                return [];
            }
        }

        return [.. servers.Where(server => !living.Contains(StaleKeys.Canonical(server.Name)))];
    }

    private async Task<IEnumerable<string>> AddressesAsync(RkeCluster cluster, RkeNode node, ApiServerUpdateRequest request, CancellationToken cancellationToken)
    {
        await using HostWay way = new(node, options, story);
        await way.ConnectAsync(cancellationToken).ConfigureAwait(false);
        string image = await ToolsImage.FindAsync(way.Engine, cluster, request.ToolsImage, story, cancellationToken).ConfigureAwait(false);
        await using HealthProbe probe = await HealthProbe.StartAsync(way.Engine, image, request.Limits(blind: false), story, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string> local = StaleKeys.LocalAddresses((await probe.RunAsync([], ["cat", "/proc/net/fib_trie"], cancellationToken).ConfigureAwait(false)).Output);
        ContainerInspectResponse? server = await ContainerCalls.InspectAsync(way.Engine, ApiServerSettings.Name, cancellationToken).ConfigureAwait(false);
        return local.Count == 0
            ? throw new DockerUnavailableException(node, "it does not tell its addresses")
            : local.Concat(server is not null && ApiServerSettings.FlagOf(server, "advertise-address") is { } advertised ? [StaleKeys.Canonical(advertised)] : []);
    }

    private async Task<Outcome<StaleTrace>> RemoveAsync(HostWay way, StaleTrace trace, CancellationToken cancellationToken)
    {
        try
        {
            // Somebody may have taken his time with the answer.
            if (await MovesAsync(way.Engine, trace, cancellationToken).ConfigureAwait(false))
            {
                story.Report(new HostWarning(trace.ClusterName, $"{trace.Key} was left: {trace.Name} has come alive meanwhile."));
                return new Outcome<StaleTrace>(way.Node, trace);
            }

            ProgramResult answer = await EtcdctlAsync(way.Engine, cancellationToken, "del", trace.Key).ConfigureAwait(false);
            if (answer.ExitCode != 0)
            {
                throw new EtcdUnhealthyException(way.Node, $"{trace.Key} could not be removed: {answer.LastWords ?? $"exit code {answer.ExitCode}"}");
            }

            // It says how many there were: a lease may have run out, and a key may hold a line that looks like another.
            bool removed = answer.Output.Trim() != "0";
            story.Report(new HostMessage(way.Node.Name, removed ? $"[stale] Removed {trace.Key}" : $"[stale] There is no {trace.Key} any more"));
            return new Outcome<StaleTrace>(way.Node, trace with { Removed = removed });
        }
        catch (EtcdSnapshotException failure)
        {
            return new Outcome<StaleTrace>(way.Node, failure);
        }
    }

    private async Task<IReadOnlyCollection<string>> RememberAsync(DockerEngine engine, string prefix, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long> keys = await KeysAsync(engine, prefix, prefix: true, cancellationToken).ConfigureAwait(false);
        foreach ((string key, long revision) in keys)
        {
            _revisions[key] = revision;
        }

        return [.. keys.Keys];
    }

    private static async Task<IReadOnlyDictionary<string, long>> KeysAsync(DockerEngine engine, string key, bool prefix, CancellationToken cancellationToken)
    {
        ProgramResult answer = await EtcdctlAsync(engine, cancellationToken, ["get", key, "--keys-only", "--write-out=json", .. prefix ? ["--prefix"] : Array.Empty<string>()]).ConfigureAwait(false);
        string said = answer.LastWords ?? $"exit code {answer.ExitCode}";
        try
        {
            return answer.ExitCode == 0 ? StaleKeys.Read(answer.Output) : throw new EtcdUnhealthyException(engine.Node, $"its keys under {key} cannot be read: {said}");
        }
        catch (JsonException)
        {
            throw new EtcdUnhealthyException(engine.Node, $"its keys under {key} are not understood: {said}");
        }
    }

    private static async Task<ProgramResult> EtcdctlAsync(DockerEngine engine, CancellationToken cancellationToken, params string[] arguments)
    {
        EtcdContainer etcd = await EtcdContainer.FindAsync(engine, cancellationToken).ConfigureAwait(false);
        return await ContainerProgram.RunAsync(engine, etcd.Id, etcd.EtcdctlEnvironment, ["etcdctl", .. arguments], cancellationToken).ConfigureAwait(false);
    }
}
