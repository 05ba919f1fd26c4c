using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Test-EtcdSnapshot: proves snapshot files without etcd, and copies on hosts with the etcd there.</summary>
[Cmdlet(VerbsDiagnostic.Test, "EtcdSnapshot", DefaultParameterSetName = OnHosts)]
[OutputType(typeof(EtcdSnapshotCheck), typeof(bool))]
public sealed class TestEtcdSnapshotCommand : ClusterCmdlet
{
    private const string OnHosts = nameof(OnHosts);
    private const string ByObject = nameof(ByObject);

    private readonly List<string> _files = [];
    private readonly List<EtcdSnapshot> _snapshots = [];
    private bool? _passed;

    /// <summary>Files, with wildcards: snapshots as etcd writes them, or in the zip that RKE makes of them.</summary>
    [Parameter(ParameterSetName = nameof(Path), Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Files, exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>The snapshots on the hosts, with wildcards; when not given, the newest of each host.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The copies to check, as Get-EtcdSnapshot gives them.</summary>
    [Parameter(ParameterSetName = ByObject, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SnapshotTransformation(TakesFiles = false)]
    public EtcdSnapshot[]? InputObject { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = OnHosts, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = ByObject)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation(PathsAreOthers = true)]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>The age that a snapshot may have: a TimeSpan, <c>26h</c>, <c>2d</c>.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [Parameter(ParameterSetName = ByObject)]
    [DurationTransformation]
    [ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>All hosts that have a copy must hold the same bytes, and more than one must have it.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [Parameter(ParameterSetName = ByObject)]
    public SwitchParameter Identical { get; set; }

    /// <summary>Starts a throw-away etcd from each copy on its host, and asks what it serves.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [Parameter(ParameterSetName = ByObject)]
    public SwitchParameter Rehearse { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter(ParameterSetName = OnHosts)]
    [Parameter(ParameterSetName = ByObject)]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <summary>Gives one bool for all: true when at least one was tested, each is proved sound, and nothing else that was asked for failed. One that is not is no error.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc />
    private protected override bool NeedsClusters => _files.Count == 0 && (InputObject is null || _snapshots.Count > 0);

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        _files.AddRange((Path ?? []).SelectMany(path => CmdletHost.ResolvePath(path, literal: false)));
        _files.AddRange((LiteralPath ?? []).SelectMany(path => CmdletHost.ResolvePath(path, literal: true)));
        foreach (EtcdSnapshot snapshot in InputObject ?? [])
        {
            if (snapshot.FullName is { } file)
            {
                _files.Add(file);
            }
            else
            {
                _snapshots.Add(snapshot);
            }
        }
    }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (string file in _files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await CheckFileAsync(file, pipeline, cancellationToken);
        }

        if (clusters.Count > 0 && (_files.Count == 0 || _snapshots.Count > 0))
        {
            await CheckHostsAsync(clusters, pipeline, cancellationToken);
        }

        // One for all: in a condition several are always true.
        if (Quiet)
        {
            pipeline.WriteObject(_passed == true);
        }
    }

    private async Task CheckFileAsync(string file, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        try
        {
            EtcdSnapshotCheck check = await new SnapshotFileCheck(pipeline).RunAsync(file, cancellationToken);
            bool sound = Write(check, file, check.Integrity == SnapshotIntegrity.Sound, pipeline);
            if (!sound && !Quiet && check.Faults is [SnapshotCorruptException fault, ..])
            {
                pipeline.WriteError(fault, file);
            }
        }
        catch (Exception exception) when (SnapshotFileFailure.From(file, exception) is { } failure)
        {
            Fail(failure, file, pipeline);
        }
    }

    private async Task CheckHostsAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        IReadOnlyList<SelectedNode> chosen = SelectNodes(clusters, NodeRoles.Etcd);
        SelectedNode[] hosts = [.. chosen.Where(host => _snapshots.Count == 0 || _snapshots.Exists(snapshot => IsOn(snapshot, host.Node)))];
        SelectedNode[] others = [.. clusters.SelectMany(cluster => cluster.EtcdNodes.Select(node => new SelectedNode(cluster, node))).Except(hosts)];
        CheckRequest request = new() { Names = Name ?? [], Snapshots = _snapshots, MaxAge = MaxAge, Identical = Identical, Rehearse = Rehearse };
        ListRequest limits = new() { ThrottleLimit = ThrottleLimit, Timeout = Timeout };
        List<EtcdSnapshotCheck> bad = [];
        var failures = await new HostSnapshotCheck(pipeline, Time).RunAsync(
            hosts,
            others,
            request,
            HostOptions,
            ToolsImage,
            limits,
            check =>
            {
                if (!Write(check, $"{check.Node}:{check.Path}", check.Passed == true, pipeline))
                {
                    lock (bad)
                    {
                        bad.Add(check);
                    }
                }
            },
            cancellationToken);
        // When all hosts are done: a caller that stops at the first error must not stop the others by that.
        foreach (EtcdSnapshotException failure in Quiet ? [] : bad.SelectMany(check => check.Faults.Take(1).Concat(check.Failures)))
        {
            pipeline.WriteError(failure, clusters.SelectMany(cluster => cluster.Nodes).FirstOrDefault(node => node.Name == failure.Node));
        }

        foreach ((RkeNode node, EtcdSnapshotException failure) in failures)
        {
            Fail(failure, node, pipeline);
        }

        foreach (EtcdSnapshot snapshot in _snapshots.Where(snapshot => !hosts.Any(host => IsOn(snapshot, host.Node))))
        {
            Fail(SnapshotNotFoundException.Named(snapshot.ToString(), chosen.Select(host => host.Node.Name)), snapshot, pipeline);
        }
    }

    private static bool IsOn(EtcdSnapshot snapshot, RkeNode node) => snapshot.Node == node.Name && snapshot.ClusterName == node.ClusterName;

    private bool Write(EtcdSnapshotCheck check, string place, bool passed, CmdletPipeline pipeline)
    {
        if (Quiet)
        {
            pipeline.WriteVerbose($"{place}: {check.Integrity}. {string.Join(' ', check.Faults.Concat(check.Failures).Select(fault => fault.Message))}".TrimEnd());
            Note(passed);
        }
        else
        {
            pipeline.WriteObject(check.Node is null ? check : HostCheck.Show(check));
        }

        return passed;
    }

    private void Fail(EtcdSnapshotException failure, object target, CmdletPipeline pipeline)
    {
        pipeline.WriteError(failure, target);
        Note(false);
    }

    // Hosts answer at the same time.
    private void Note(bool passed)
    {
        lock (_files)
        {
            _passed = passed && _passed != false;
        }
    }
}
