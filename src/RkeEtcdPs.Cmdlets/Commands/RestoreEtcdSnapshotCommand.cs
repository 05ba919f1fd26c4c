using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Restore-EtcdSnapshot: a cluster as it was when the snapshot was taken, with a way back.</summary>
[Cmdlet(VerbsData.Restore, "EtcdSnapshot", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = nameof(Name))]
[OutputType(typeof(RestoreResult), typeof(RestorePlan))]
public sealed class RestoreEtcdSnapshotCommand : S3Cmdlet
{
    private readonly RestoreInput _input = new();
    private readonly Dictionary<string, string> _resolved = [];
    private bool _whatIf;

    /// <summary>As every cmdlet that replaces data, it may take its time for the way back.</summary>
    public RestoreEtcdSnapshotCommand() => CleanUpLimit = RecoveryCmdlet.WayBackLimit;

    /// <summary>The name of the snapshot, the same on every host; or in the bucket of <see cref="S3Cmdlet.Uri"/> or <see cref="S3Cmdlet.S3"/>, for hosts that have none.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = nameof(Name))]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SnapshotNameCompleter))]
    public string? Name { get; set; }

    /// <summary>What Get- and Save-EtcdSnapshot give, or a file: one snapshot, in however many copies.</summary>
    [Parameter(ParameterSetName = nameof(InputObject), Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SnapshotTransformation]
    public EtcdSnapshot[]? InputObject { get; set; }

    /// <summary>A file that is given to the hosts that have none of its name; with wildcards.</summary>
    [Parameter(ParameterSetName = nameof(Path), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string? Path { get; set; }

    /// <summary>A file that is given to the hosts that have none of its name; exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string? LiteralPath { get; set; }

    /// <summary>Plans of <see cref="PlanOnly"/> that were looked at, also as Import-Clixml reads them: refused when something else would be done now.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = nameof(Plan))]
    [ValidateNotNull]
    [RestorePlanTransformation]
    public RestorePlan[]? Plan { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = nameof(Name), Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = nameof(InputObject), Position = 1)]
    [Parameter(ParameterSetName = nameof(Path), Position = 1)]
    [Parameter(ParameterSetName = nameof(LiteralPath), Position = 1)]
    [Parameter(ParameterSetName = nameof(Plan), Position = 1)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation(FilesAreOthers = true)]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>The etcd host whose copy is given to those that have none.</summary>
    [Parameter(ParameterSetName = nameof(Name))]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string? SourceNode { get; set; }

    /// <summary>Emits the plan, with all that was found, and changes nothing.</summary>
    [Parameter]
    public SwitchParameter PlanOnly { get; set; }

    /// <summary>When the switch fails, leaves everything as it is, to be looked at.</summary>
    [Parameter]
    public SwitchParameter NoRollback { get; set; }

    /// <summary>Does not restart the Kubernetes components after the proof. A plan that was made with it is carried out so.</summary>
    [Parameter]
    public SwitchParameter NoComponentRestart { get; set; }

    /// <summary>Does not ask, and passes over findings that say that this may be done.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <summary>RKE's state of the cluster, from which a new etcd host may get its certificates and images; cluster.rkestate beside cluster.yml when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StateFile { get; set; }

    /// <summary>A folder with kube-ca.pem and kube-ca-key.pem of the cluster, for certificates of a new etcd host; or with those certificates. The hosts and the state are searched when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificateDirectory { get; set; }

    /// <summary>Has no effect here: all etcd hosts of a cluster are worked on at the same time, as a restore is one step for all of them.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public override int ThrottleLimit { get; set; } = 8;

    /// <summary>How long the members may take to be healthy after they were started, in seconds: 5 minutes when not given, and never less.</summary>
    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    public override int TimeoutSec { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing() => _whatIf = Approval.IsWhatIf(this);

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        if (UsesBucket && SourceNode is not null)
        {
            throw new PSArgumentException("-SourceNode and a bucket exclude each other.");
        }

        foreach (string path in new[] { StateFile, CertificateDirectory }.OfType<string>())
        {
            _resolved[path] = CmdletHost.ResolvePath(path, literal: true)[0];
        }

        _input.Add(InputObject ?? []);
        _input.Add(Plan ?? []);
        _input.Add((Path is null ? [] : CmdletHost.ResolvePath(Path, literal: false)).Concat(LiteralPath is null ? [] : CmdletHost.ResolvePath(LiteralPath, literal: true)).Select(SnapshotFiles.Describe));
    }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        SnapshotRestore restore = new(HostOptions, pipeline);
        List<(RkeCluster Cluster, RestoreRequest Request)> requests = [];
        foreach ((RkeCluster cluster, RestoreRequest request) in _input.Requests(clusters, Name, SourceNode))
        {
            SnapshotName.Validate(request.Name);
            requests.Add((cluster, await CompleteAsync(cluster, request, pipeline, cancellationToken)));
        }

        foreach ((RkeCluster cluster, RestoreRequest request) in requests)
        {
            if (PlanOnly)
            {
                pipeline.WriteObject(await restore.PlanAsync(cluster, request, cancellationToken));
            }
            else
            {
                await pipeline.WriteAsync(restore.RunAsync(cluster, request, plan => ApproveAsync(pipeline, plan), cancellationToken));
            }
        }
    }

    private async Task<RestoreRequest> CompleteAsync(RkeCluster cluster, RestoreRequest request, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        request = RecoveryCmdlet.WithProofLimit(request, Timeout) with
        {
            Nodes = Node ?? request.Nodes,
            NoRollback = NoRollback,
            NoComponentRestart = NoComponentRestart || request.NoComponentRestart,
            Force = Force,
            ToolsImage = ToolsImage,
            SourceConnection = Connection,
            StateFile = Resolve(StateFile),
            CertificateDirectory = Resolve(CertificateDirectory),
        };
        IReadOnlyList<(S3Address Address, S3Connection Connection)> buckets = Buckets([cluster]);
        string? planned = request.Plan?.Source is { } source && source.StartsWith("s3://", StringComparison.Ordinal) ? source : null;
        if (request.Source is not null || (buckets.Count == 0 && planned is null))
        {
            return buckets.Count == 0 ? request : request with { SourceConnection = buckets[0].Connection };
        }

        (S3Address address, S3Connection connection) = buckets.Count > 0 ? buckets[0] : (S3Address.FolderOf(planned!), Connection);
        await using SnapshotCopy bucket = new(HostOptions, new CopyRequest { SourceConnection = connection }, pipeline);
        IReadOnlyList<IReadOnlyList<EtcdSnapshot>> found = await bucket.FindAsync(address, connection, [request.Name], cancellationToken);
        // A zip only where there is nothing else.
        return request with { Source = found.Select(same => same[0]).OrderBy(snapshot => snapshot.IsZip).First(), SourceConnection = connection };
    }

    // Relative to the location of the prompt.
    private string? Resolve(string? path) => path is null ? null : _resolved.GetValueOrDefault(path, path);

    private async Task<bool> ApproveAsync(CmdletPipeline pipeline, RestorePlan plan)
    {
        foreach (RestoreFinding finding in plan.Findings)
        {
            pipeline.WriteWarning($"{finding} {finding.Advice}");
        }

        bool approved = await Approval.AskAsync(pipeline, Force, _whatIf, Display.RestoreTarget(plan), Display.RestoreAction(plan));
        foreach ((RestorePlanHost host, string action) in _whatIf ? plan.Hosts.SelectMany(host => host.Actions.Select(action => (host, action))) : [])
        {
            await pipeline.ShouldProcessAsync($"{host.Node} ({host.Address})", action);
        }

        foreach (RestorePlanRestart restart in _whatIf ? plan.Restarts : [])
        {
            await pipeline.ShouldProcessAsync($"{restart.Node} ({restart.Address})", Display.Restart(restart));
        }

        return approved && !_whatIf;
    }
}
