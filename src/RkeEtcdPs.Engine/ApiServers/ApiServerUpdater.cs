using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Engine.ApiServers;

/// <summary>Points the API servers of a cluster at the etcd hosts of its cluster.yml, and the nginx-proxy of all other hosts at its API servers.</summary>
/// <remarks>
/// All hosts are looked at before the first change. Then one API server after the other is replaced, the next only when the one before is healthy; then
/// the proxies, all at once; then everything that watches through the API servers is restarted.
/// </remarks>
/// <param name="options">How hosts are reached.</param>
/// <param name="story">Told what is done.</param>
public sealed class ApiServerUpdater(HostOptions options, IProgress<HostEvent> story)
{
    /// <summary>Updates hosts of one cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="nodes">Its hosts to update: those with the role controlplane have an API server, the others a proxy.</param>
    /// <param name="request">How.</param>
    /// <param name="approve">Asked for each host whose container is to be replaced, after all hosts were looked at; false leaves that host as it is.</param>
    /// <param name="approveRestart">
    /// Asked, with the names of the hosts whose API servers an earlier update replaced, when nothing is left but to restart what watches through them; false leaves
    /// it as it is.
    /// </param>
    /// <param name="cancellationToken">Stops it. A container that is being replaced then is put back.</param>
    /// <returns>One outcome per host, and one for each component that did not come back after that.</returns>
    public async IAsyncEnumerable<Outcome<ApiServerUpdate>> RunAsync(
        RkeCluster cluster,
        IReadOnlyList<RkeNode> nodes,
        ApiServerUpdateRequest request,
        Func<ApiServerChange, Task<bool>> approve,
        Func<IReadOnlyList<string>, Task<bool>> approveRestart,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ApiServerSettings server = ApiServerSettings.Of(cluster);
        ProxySettings proxy = new(cluster);
        UpdateHost[] hosts = [.. nodes.Select(node => new UpdateHost(new SelectedNode(cluster, node), node.Is(NodeRoles.ControlPlane) ? server : proxy, request, options, story))];
        using SemaphoreSlim throttle = new(request.ThrottleLimit);
        await using RestoreWatch watch = new(options, story, request.ThrottleLimit);
        try
        {
            Dictionary<UpdateHost, EtcdSnapshotException> failed = await PrepareAsync(hosts, throttle, cancellationToken).ConfigureAwait(false);
            EtcdSnapshotException? elsewhere = hosts.Any(host => host.Change is not null) ? UpdateHost.RefusalOf(await FindRestoreAsync(cluster, hosts, watch, cancellationToken).ConfigureAwait(false)) : null;
            foreach ((UpdateHost host, EtcdSnapshotException failure) in failed)
            {
                yield return new Outcome<ApiServerUpdate>(host.Node, failure);
            }

            // One that was found on a host that is looked at is that host's failure.
            if (elsewhere is not null && !failed.Values.Any(failure => failure.Node == elsewhere.Node))
            {
                yield return new Outcome<ApiServerUpdate>(cluster.Nodes.First(node => node.Name == elsewhere.Node), elsewhere);
            }

            foreach (UpdateHost host in hosts.Where(host => host.Unchanged is not null))
            {
                yield return new Outcome<ApiServerUpdate>(host.Node, host.Unchanged!);
            }

            EtcdSnapshotException? restore = elsewhere ?? hosts.Select(host => host.Restore).FirstOrDefault(found => found is not null);
            string? stop = restore is not null ? $"a restore is at work on {restore.Node}, or was cut off there"
                : hosts.FirstOrDefault(host => host.IsServer && (failed.ContainsKey(host) || host.Hindrance is not null)) is { } bad ? $"{bad.Node.Name} is not fit for it, and all are looked at before the first is changed"
                : null;
            // What was cut off is put back all the same: for that nothing is needed but the old container.
            bool Waits(UpdateHost host) => stop is not null && (restore is not null || host.Hindrance is null);
            List<UpdateHost> approved = [];
            foreach (UpdateHost host in hosts.Where(host => host.Change is not null && !failed.ContainsKey(host)))
            {
                if (Waits(host))
                {
                    yield return Untouched(host, stop!);
                }
                else if (await approve(host.Change!).ConfigureAwait(false))
                {
                    approved.Add(host);
                }
            }

            bool changed = false;
            foreach (UpdateHost host in approved.Where(host => host.IsServer))
            {
                if (Waits(host))
                {
                    yield return Untouched(host, stop!);
                    continue;
                }

                Outcome<ApiServerUpdate> outcome = await AttemptAsync(host, FindAsync, cancellationToken).ConfigureAwait(false);
                changed |= outcome.Value is { Changed: true };
                stop ??= outcome.Failure is null ? null : $"the update failed on {host.Node.Name}, and they are taken one by one";
                yield return outcome;
            }

            foreach (UpdateHost host in approved.Where(host => !host.IsServer && Waits(host)))
            {
                yield return Untouched(host, stop!);
            }

            foreach (Outcome<ApiServerUpdate> outcome in await Task.WhenAll(approved.Where(host => !host.IsServer && !Waits(host)).Select(host => ThrottledAsync(host, FindAsync, throttle, cancellationToken))).ConfigureAwait(false))
            {
                yield return outcome;
            }

            string[] waiting = [.. hosts.Where(host => host.ComponentsWait).Select(host => host.Node.Name)];
            if (stop is null && !request.NoComponentRestart && (changed || (waiting.Length > 0 && await approveRestart(waiting).ConfigureAwait(false))))
            {
                await foreach (Outcome<ApiServerUpdate> outcome in RestartAsync(cluster, nodes, request, cancellationToken).ConfigureAwait(false))
                {
                    yield return outcome;
                }
            }
        }
        finally
        {
            await Task.WhenAll(hosts.Select(host => host.DisposeAsync().AsTask())).ConfigureAwait(false);
        }

        Task<RestoreWork?> FindAsync(CancellationToken token) => FindRestoreAsync(cluster, hosts, watch, token);
    }

    private static Outcome<ApiServerUpdate> Untouched(UpdateHost host, string cause) => new(host.Node, new ApiServerUpdateStoppedException(host.Node, host.Container, cause));

    private static async Task<Dictionary<UpdateHost, EtcdSnapshotException>> PrepareAsync(IReadOnlyList<UpdateHost> hosts, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        (UpdateHost Host, EtcdSnapshotException? Failure)[] looked = await Task.WhenAll(hosts.Select(async host =>
            (host, await FailureOfAsync(host.Node, host.PrepareAsync, throttle, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return looked.Where(one => one.Failure is not null).ToDictionary(one => one.Host, one => one.Failure!);
    }

    /// <summary>Looks for a restore on all etcd hosts: in a cluster with a control plane of its own nothing on those hosts tells of it.</summary>
    private static async Task<RestoreWork?> FindRestoreAsync(RkeCluster cluster, IReadOnlyList<UpdateHost> hosts, RestoreWatch watch, CancellationToken cancellationToken)
    {
        RestoreWork?[] found = await Task.WhenAll(cluster.EtcdNodes.Select(node => hosts.FirstOrDefault(host => ReferenceEquals(host.Node, node)) is { } looked
            ? looked.FindRestoreAsync(cancellationToken)
            : watch.FindAsync(node, cancellationToken))).ConfigureAwait(false);
        return found.FirstOrDefault(restore => restore is not null);
    }

    private async IAsyncEnumerable<Outcome<ApiServerUpdate>> RestartAsync(
        RkeCluster cluster, IReadOnlyList<RkeNode> nodes, ApiServerUpdateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ComponentRestartRequest restart = new()
        {
            Components = [.. KubeComponent.All.Where(component => component.Tier != ComponentTier.ApiServer).Select(component => component.Name), ComponentRestartRequest.Network],
            ToolsImage = request.ToolsImage,
            ThrottleLimit = request.ThrottleLimit,
            HealthLimit = request.HealthLimit,
        };
        SelectedNode[] selected = [.. nodes.Select(node => new SelectedNode(cluster, node))];
        await foreach (Outcome<ComponentRestart> outcome in new ComponentRestarter(options, story).RunAsync(selected, restart, cancellationToken).ConfigureAwait(false))
        {
            if (outcome.Failure is { } failure)
            {
                yield return new Outcome<ApiServerUpdate>(outcome.Node, failure);
            }
            else if (outcome.Value is { } value)
            {
                story.Report(new HostMessage(value.Node, $"[components] {value.Component}: {value.Before} before, {value.After} now"));
            }
        }
    }

    private static async Task<Outcome<ApiServerUpdate>> ThrottledAsync(
        UpdateHost host, Func<CancellationToken, Task<RestoreWork?>> findRestore, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AttemptAsync(host, findRestore, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            throttle.Release();
        }
    }

    private static async Task<Outcome<ApiServerUpdate>> AttemptAsync(UpdateHost host, Func<CancellationToken, Task<RestoreWork?>> findRestore, CancellationToken cancellationToken)
    {
        try
        {
            return new Outcome<ApiServerUpdate>(host.Node, await host.RunAsync(findRestore, cancellationToken).ConfigureAwait(false));
        }
        catch (EtcdSnapshotException failure)
        {
            return new Outcome<ApiServerUpdate>(host.Node, failure);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return new Outcome<ApiServerUpdate>(host.Node, new UnexpectedFailureException(host.Node.Name, defect));
        }
    }

    private static async Task<EtcdSnapshotException?> FailureOfAsync(RkeNode node, Func<CancellationToken, Task> work, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await work(cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (EtcdSnapshotException failure)
        {
            return failure;
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            return new UnexpectedFailureException(node.Name, defect);
        }
        finally
        {
            throttle.Release();
        }
    }
}
