using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Members;
using RkeEtcdPs.Engine.Snapshots;

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

    private static void Show<T>(Outcome<T> outcome, Func<T, string> row)
        where T : class
        => Console.WriteLine(outcome.Failure is { } failure
            ? $"ERROR {failure.Id}: {failure.Message}\n  Recommendation: {failure.Advice}"
            : row(outcome.Value!));
}
