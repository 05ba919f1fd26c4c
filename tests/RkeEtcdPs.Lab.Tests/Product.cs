using System.Collections.Concurrent;
using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The product as its cmdlets use it, on the hosts of a lab.</summary>
internal sealed class Product(Lab lab) : IProgress<HostEvent>
{
    private readonly ConcurrentQueue<HostEvent> _story = new();

    /// <summary>Everything it told.</summary>
    public IReadOnlyCollection<HostEvent> Story => _story;

    public HostOptions Options { get; init; } = new() { SshConfigPath = lab.Folder.SshConfig };

    public RkeCluster Cluster { get; init; } = ClusterFile.Read(lab.Folder.ClusterYml);

    public void Report(HostEvent value) => _story.Enqueue(value);

    public IReadOnlyList<SelectedNode> Nodes(params string[] names)
        => [.. NodeSelection.Select(Cluster.Nodes, names, NodeRoles.Etcd).Select(node => new SelectedNode(Cluster, node))];

    public Task<Outcome<EtcdSnapshot>[]> SaveAsync(string name, params string[] nodes) => SaveAsync(new SaveRequest { Name = name }, nodes);

    public async Task<Outcome<EtcdSnapshot>[]> SaveAsync(SaveRequest request, string[] nodes, CancellationToken cancellationToken = default)
    {
        List<Outcome<EtcdSnapshot>> outcomes = [];
        await foreach (Outcome<EtcdSnapshot> outcome in new SnapshotSave(Options, this).RunAsync(Nodes(nodes), request, cancellationToken))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes.OrderBy(outcome => outcome.Node.Name, StringComparer.Ordinal)];
    }

    /// <summary>The same snapshot on all hosts.</summary>
    public async Task SaveSameAsync(string name)
    {
        foreach (Outcome<EtcdSnapshot> outcome in await SaveAsync(new SaveRequest { Name = name, SingleSource = true }, []))
        {
            _ = outcome.Value ?? throw outcome.Failure!;
        }
    }

    /// <summary>Restores; the restart of the components, which takes longer than all the rest, is for a request that wants it.</summary>
    public Task<IReadOnlyList<RestoreResult>> RestoreAsync(string name) => RestoreAsync(new RestoreRequest { Name = name, NoComponentRestart = true });

    public Task<IReadOnlyList<RestoreResult>> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken = default)
        => CollectAsync(new SnapshotRestore(Options, this).RunAsync(Cluster, request, _ => Task.FromResult(true), cancellationToken));

    /// <summary>Undoes; without a request the components are not restarted.</summary>
    public Task<IReadOnlyList<RestoreResult>> UndoAsync(string? operation = null, RestoreRequest? request = null)
        => CollectAsync(new RestoreUndo(Options, this).RunAsync(Cluster, operation, request ?? new RestoreRequest { Name = "", NoComponentRestart = true }, _ => Task.FromResult(true)));

    /// <summary>What failed on single hosts of restores beside, before or after what they gave or threw.</summary>
    public List<Outcome<RestoreResult>> RestoreFailures { get; } = [];

    private async Task<IReadOnlyList<RestoreResult>> CollectAsync(IAsyncEnumerable<Outcome<RestoreResult>> outcomes)
    {
        List<RestoreResult> results = [];
        await foreach (Outcome<RestoreResult> outcome in outcomes)
        {
            if (outcome.Value is { } result)
            {
                results.Add(result);
            }
            else
            {
                RestoreFailures.Add(outcome);
            }
        }

        return results;
    }

    public async Task<Outcome<EtcdRestore>[]> RestoresAsync()
    {
        List<Outcome<EtcdRestore>> outcomes = [];
        await foreach (Outcome<EtcdRestore> outcome in new RestoreList(Options, this).RunAsync(Cluster, [.. Cluster.EtcdNodes], new RestoreRequest { Name = "" }))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }

    public async Task<Outcome<EtcdRestore>[]> RemoveRestoresAsync(params string[] operations)
    {
        List<Outcome<EtcdRestore>> outcomes = [];
        await foreach (Outcome<EtcdRestore> outcome in new RestoreList(Options, this).RemoveAsync(
            Cluster,
            [.. Cluster.EtcdNodes.SelectMany(node => operations.Select(operation => new RestoreOnHost(Cluster.Name, node.Name, operation)))],
            new RestoreRequest { Name = "" },
            _ => Task.FromResult(true)))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }

    public Task<Outcome<EtcdSnapshotSchedule>[]> EnableAsync(ScheduleRequest request, params string[] nodes)
        => InOrderAsync(new SnapshotSchedules(Options, this).EnableAsync(Nodes(nodes), request));

    /// <summary>What each host would be asked about before it is changed, by its name; nothing is approved.</summary>
    public async Task<(IReadOnlyDictionary<string, string> Questions, Outcome<EtcdSnapshotSchedule>[] Outcomes)> AskAsync(ScheduleRequest request, bool disable = false)
    {
        ConcurrentDictionary<string, string> questions = new();
        SnapshotSchedules schedules = new(Options, this);
        Outcome<EtcdSnapshotSchedule>[] outcomes = await InOrderAsync(disable ? schedules.DisableAsync(Nodes(), request, RefuseAsync) : schedules.EnableAsync(Nodes(), request, RefuseAsync));
        return (questions, outcomes);

        Task<bool> RefuseAsync(ScheduleChange change)
        {
            questions[change.Host.Node.Name] = change.ToString();
            return Task.FromResult(false);
        }
    }

    public Task<Outcome<EtcdSnapshotSchedule>[]> DisableAsync(ScheduleRequest request, params string[] nodes)
        => InOrderAsync(new SnapshotSchedules(Options, this).DisableAsync(Nodes(nodes), request));

    public Task<Outcome<EtcdSnapshotSchedule>[]> SchedulesAsync(params string[] nodes)
        => InOrderAsync(new SnapshotSchedules(Options, this).GetAsync(Nodes(nodes), new ScheduleRequest()));

    private static async Task<Outcome<T>[]> InOrderAsync<T>(IAsyncEnumerable<Outcome<T>> outcomes)
        where T : class
    {
        List<Outcome<T>> all = [];
        await foreach (Outcome<T> outcome in outcomes)
        {
            all.Add(outcome);
        }

        return [.. all.OrderBy(outcome => outcome.Node.Name, StringComparer.Ordinal)];
    }

    public async Task<Outcome<EtcdMember>[]> MembersAsync(params string[] nodes)
    {
        List<Outcome<EtcdMember>> outcomes = [];
        await foreach (Outcome<EtcdMember> outcome in new ClusterMembers(Options, this).RunAsync(Nodes(nodes), 8, null))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes.OrderBy(outcome => outcome.Node.Name, StringComparer.Ordinal)];
    }

    /// <summary>Restarts components on nodes of any role; what comes of it in the order in which it came.</summary>
    public Task<Outcome<ComponentRestart>[]> RestartAsync(ComponentRestartRequest request, params string[] nodes) => RestartAsync(request, nodes, default);

    public async Task<Outcome<ComponentRestart>[]> RestartAsync(ComponentRestartRequest request, string[] nodes, CancellationToken cancellationToken)
    {
        SelectedNode[] selected = [.. NodeSelection.Select(Cluster.Nodes, nodes).Select(node => new SelectedNode(Cluster, node))];
        List<Outcome<ComponentRestart>> outcomes = [];
        await foreach (Outcome<ComponentRestart> outcome in new ComponentRestarter(Options, this).RunAsync(selected, request, cancellationToken))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }

    /// <summary>What is answered where nothing is left of an update but to restart what watches.</summary>
    public bool ApprovesRestart { get; init; } = true;

    /// <summary>Updates the API servers and proxies of nodes, all when none is named; what comes of it in the order in which it came.</summary>
    public Task<Outcome<ApiServerUpdate>[]> UpdateAsync(params string[] nodes) => UpdateAsync(new ApiServerUpdateRequest { NoComponentRestart = true }, nodes);

    public async Task<Outcome<ApiServerUpdate>[]> UpdateAsync(ApiServerUpdateRequest request, string[] nodes, CancellationToken cancellationToken = default)
    {
        List<Outcome<ApiServerUpdate>> outcomes = [];
        await foreach (Outcome<ApiServerUpdate> outcome in new ApiServerUpdater(Options, this).RunAsync(
            Cluster, [.. NodeSelection.Select(Cluster.Nodes, nodes)], request, _ => Task.FromResult(true), _ => Task.FromResult(ApprovesRestart), cancellationToken))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }

    /// <summary>Looks for what dead hosts have left in etcd.</summary>
    public async Task<Outcome<StaleTrace>[]> StaleAsync(bool remove)
    {
        List<Outcome<StaleTrace>> outcomes = [];
        await foreach (Outcome<StaleTrace> outcome in new StaleTraces(Options, this).RunAsync(Cluster, new ApiServerUpdateRequest(), remove ? _ => Task.FromResult(true) : null))
        {
            outcomes.Add(outcome);
        }

        return [.. outcomes];
    }
}
