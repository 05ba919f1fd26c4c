using RkeEtcdPs.Engine.Components;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Lab.Demo;

/// <summary>The engine behind the cmdlets, where there is no PowerShell.</summary>
/// <param name="lab">The hosts.</param>
internal sealed class EngineShell(Lab lab) : IDemoShell, IProgress<HostEvent>
{
    private readonly HostOptions _options = new() { SshConfigPath = lab.Folder.SshConfig };
    private readonly RkeCluster _cluster = ClusterFile.Read(lab.Folder.ClusterYml);

    /// <inheritdoc />
    public string Introduction => "There is no pwsh here, so the engine behind the cmdlets does the work.";

    private IReadOnlyList<SelectedNode> Nodes => [.. _cluster.EtcdNodes.Select(n => new SelectedNode(_cluster, n))];

    /// <inheritdoc />
    public void Report(HostEvent value)
    {
        if (value is HostWarning warning)
        {
            Console.WriteLine($"WARNING: [{warning.Node}] {warning.Message}");
        }
    }

    /// <inheritdoc />
    public async Task<bool> ShowMembersAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine("\nGet-EtcdMember:");
        Console.WriteLine($"{"Node",-8}{"Healthy",-9}{"Version",-9}{"IsLeader",-10}{"Revision",10}");
        var healthy = 0;
        await foreach (var outcome in new ClusterMembers(_options, this).RunAsync(Nodes, 8, null, cancellationToken))
        {
            healthy += outcome.Value?.Healthy == true ? 1 : 0;
            Show(outcome, m => $"{m.Node,-8}{m.Healthy,-9}{m.Version,-9}{m.IsLeader,-10}{m.Revision,10}");
        }

        return healthy == 3;
    }

    /// <inheritdoc />
    public async Task<bool> SaveAsync(string name, bool singleSource, int expected, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\nSave-EtcdSnapshot {name}{(singleSource ? " -SingleSource" : "")}:");
        Console.WriteLine($"{"Node",-8}{"Name",-16}{"Size",10}{"Revision",10}{"KeyCount",10}  {"Verified",-10}{"ContentHash"}");
        var verified = 0;
        var request = new SaveRequest { Name = name, SingleSource = singleSource };
        await foreach (var outcome in new SnapshotSave(_options, this).RunAsync(Nodes, request, cancellationToken))
        {
            verified += outcome.Value?.Verified == true ? 1 : 0;
            Show(outcome, s => $"{s.Node,-8}{s.Name,-16}{s.Size,10}{s.Revision,10}{s.KeyCount,10}  {s.Verified,-10}{s.ContentHash?[..16]}…");
        }

        return verified == expected;
    }

    /// <inheritdoc />
    public async Task<bool> ListAsync(int expected, CancellationToken cancellationToken)
    {
        Console.WriteLine("\nGet-EtcdSnapshot:");
        var listings = await new SnapshotListing(this).RunAsync([.. Nodes.Select(node => SnapshotPlace.OnHost(node, _options))], new ListRequest(), cancellationToken);
        var listed = listings.SelectMany(listing => listing.Snapshots).ToList();
        listed.ForEach(s => Console.WriteLine($"{s.Node,-8}{s.Name,-16}{s.Size,10}  {s.Kind,-10}{s.Identical.Count + 1} of the same"));
        return listed.Count == expected;
    }

    /// <inheritdoc />
    public async Task<bool> CopyAsync(string name, string folder, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\nCopy-EtcdSnapshot {name} -Destination {folder}:");
        var verified = 0;
        await using var copy = new SnapshotCopy(_options, new CopyRequest { Clusters = [_cluster] }, this);
        var found = await copy.FindAsync(Nodes, [name], (node, failure) => Console.WriteLine($"ERROR {node.Node}: {failure.Message}"), cancellationToken);
        await foreach (var outcome in copy.RunAsync([.. found.Select(same => new CopyItem(same, [new FolderDestination(folder)]))], cancellationToken))
        {
            verified += outcome.Value?.Verified == true ? 1 : 0;
            Console.WriteLine(outcome.Value is { } s ? $"{s.Path}  {s.Size}  {s.Verified}" : $"ERROR {outcome.Failure?.Message}");
        }

        return verified == 1;
    }

    /// <inheritdoc />
    public async Task<bool> RestoreAsync(string name, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\nRestore-EtcdSnapshot {name} -NoComponentRestart:");
        var request = new RestoreRequest { Name = name, NoComponentRestart = true };
        var done = 0;
        await foreach (var outcome in new SnapshotRestore(_options, this).RunAsync(_cluster, request, _ => Task.FromResult(true), cancellationToken))
        {
            done += outcome.Value?.Phase == RestorePhase.Done ? 1 : 0;
            Show(outcome, r => $"{r.Node,-8}{r.Phase,-8}revision {r.Revision}, {r.Outage?.TotalSeconds:0.0} s without etcd, old data in {r.KeptDataPath}");
        }

        return done == 3;
    }

    /// <inheritdoc />
    public async Task<bool> RestartAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine("\nRestart-KubeComponent:");
        var kubelets = 0;
        IReadOnlyList<SelectedNode> all = [.. _cluster.Nodes.Select(n => new SelectedNode(_cluster, n))];
        await foreach (var outcome in new ComponentRestarter(_options, this).RunAsync(all, new ComponentRestartRequest(), cancellationToken))
        {
            kubelets += outcome.Value is { Component: "kubelet", After: ComponentState.Running or ComponentState.Healthy } ? 1 : 0;
            Show(outcome, c => $"{c.Node,-8}{c.Component,-28}{c.Before,-10}{c.After}");
        }

        return kubelets == 3;
    }

    private static void Show<T>(Outcome<T> outcome, Func<T, string> row)
        where T : class
        => Console.WriteLine(outcome.Failure is { } failure
            ? $"ERROR {failure.Id}: {failure.Message}\n  Recommendation: {failure.Advice}"
            : row(outcome.Value!));
}
