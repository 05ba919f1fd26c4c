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
    /// <param name="cancellationToken">Stops it. A container that is being replaced then is put back.</param>
    /// <returns>One outcome per host, and one for each component that did not come back after that.</returns>
    public async IAsyncEnumerable<Outcome<ApiServerUpdate>> RunAsync(
        RkeCluster cluster,
        IReadOnlyList<RkeNode> nodes,
        ApiServerUpdateRequest request,
        Func<ApiServerChange, Task<bool>> approve,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ApiServerSettings server = ApiServerSettings.Of(cluster);
        ProxySettings proxy = new(cluster);
        UpdateHost[] hosts = [.. nodes.Select(node => new UpdateHost(new SelectedNode(cluster, node), node.Is(NodeRoles.ControlPlane) ? server : proxy, request, options, story))];
        using SemaphoreSlim throttle = new(request.ThrottleLimit);
        try
        {
            Dictionary<UpdateHost, EtcdSnapshotException> failed = await PrepareAsync(hosts, throttle, cancellationToken).ConfigureAwait(false);
            EtcdSnapshotException? elsewhere = hosts.Any(host => host.Change is not null) ? await FindRestoreAsync(cluster, nodes, throttle, cancellationToken).ConfigureAwait(false) : null;
            foreach ((UpdateHost host, EtcdSnapshotException failure) in failed)
            {
                yield return new Outcome<ApiServerUpdate>(host.Node, failure);
            }

            if (elsewhere is not null)
            {
                yield return new Outcome<ApiServerUpdate>(cluster.Nodes.First(node => node.Name == elsewhere.Node), elsewhere);
            }

            foreach (UpdateHost host in hosts.Where(host => host.Unchanged is not null))
            {
                yield return new Outcome<ApiServerUpdate>(host.Node, host.Unchanged!);
            }

            EtcdSnapshotException? restore = elsewhere ?? hosts.Select(host => host.Restore).FirstOrDefault(found => found is not null);
            string? stop = restore is not null ? $"a restore is at work on {restore.Node}, or was cut off there"
                : failed.Keys.FirstOrDefault(host => host.IsServer) is { } bad ? $"{bad.Node.Name} is not fit for it, and all are looked at before the first is changed"
                : null;
            List<UpdateHost> approved = [];
            foreach (UpdateHost host in hosts.Where(host => host.Change is not null && !failed.ContainsKey(host)))
            {
                if (stop is not null)
                {
                    yield return Untouched(host, stop);
                }
                else if (await approve(host.Change!).ConfigureAwait(false))
                {
                    approved.Add(host);
                }
            }

            bool changed = false;
            foreach (UpdateHost host in approved.Where(host => host.IsServer))
            {
                if (stop is not null)
                {
                    yield return Untouched(host, stop);
                    continue;
                }

                Outcome<ApiServerUpdate> outcome = await AttemptAsync(host, cancellationToken).ConfigureAwait(false);
                changed |= outcome.Value is { Changed: true };
                stop = outcome.Failure is null ? null : $"the update failed on {host.Node.Name}, and they are taken one by one";
                yield return outcome;
            }

            foreach (UpdateHost host in approved.Where(host => !host.IsServer && stop is not null))
            {
                yield return Untouched(host, stop!);
            }

            foreach (Outcome<ApiServerUpdate> outcome in stop is not null ? [] : await Task.WhenAll(approved.Where(host => !host.IsServer).Select(host => ThrottledAsync(host, throttle, cancellationToken))).ConfigureAwait(false))
            {
                yield return outcome;
            }

            if (stop is null && !request.NoComponentRestart && (changed || hosts.Any(host => host.ComponentsWait)))
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
    }

    private static Outcome<ApiServerUpdate> Untouched(UpdateHost host, string cause) => new(host.Node, new ApiServerUpdateStoppedException(host.Node, host.Container, cause));

    private static async Task<Dictionary<UpdateHost, EtcdSnapshotException>> PrepareAsync(IReadOnlyList<UpdateHost> hosts, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        (UpdateHost Host, EtcdSnapshotException? Failure)[] looked = await Task.WhenAll(hosts.Select(async host =>
            (host, await FailureOfAsync(host.Node, host.PrepareAsync, throttle, cancellationToken).ConfigureAwait(false)))).ConfigureAwait(false);
        return looked.Where(one => one.Failure is not null).ToDictionary(one => one.Host, one => one.Failure!);
    }

    /// <summary>Looks for a restore on the etcd hosts that are not updated themselves.</summary>
    private async Task<EtcdSnapshotException?> FindRestoreAsync(RkeCluster cluster, IReadOnlyList<RkeNode> nodes, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        EtcdSnapshotException?[] found = await Task.WhenAll(cluster.EtcdNodes.Except(nodes).Select(FindAsync)).ConfigureAwait(false);
        return found.FirstOrDefault(restore => restore is not null);

        async Task<EtcdSnapshotException?> FindAsync(RkeNode node)
        {
            EtcdSnapshotException? restore = null;
            EtcdSnapshotException? failure = await FailureOfAsync(
                node,
                async token =>
                {
                    await using HostWay way = new(node, options, story);
                    await way.ConnectAsync(token).ConfigureAwait(false);
                    restore = UpdateHost.RefusalOf(await RestoreWork.FindAsync(way.Engine, asking: null, token).ConfigureAwait(false));
                },
                throttle,
                cancellationToken).ConfigureAwait(false);
            if (failure is not null)
            {
                story.Report(new HostWarning(node.Name, $"Whether a restore is at work there is not known. {failure.Message}"));
            }

            return restore;
        }
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

    private static async Task<Outcome<ApiServerUpdate>> ThrottledAsync(UpdateHost host, SemaphoreSlim throttle, CancellationToken cancellationToken)
    {
        await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AttemptAsync(host, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            throttle.Release();
        }
    }

    private static async Task<Outcome<ApiServerUpdate>> AttemptAsync(UpdateHost host, CancellationToken cancellationToken)
    {
        try
        {
            return new Outcome<ApiServerUpdate>(host.Node, await host.RunAsync(cancellationToken).ConfigureAwait(false));
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
