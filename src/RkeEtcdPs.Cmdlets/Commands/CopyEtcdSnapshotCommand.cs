using System.Collections.Concurrent;
using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Copy-EtcdSnapshot: snapshots from hosts, folders and buckets to others, proved at the far end.</summary>
[Cmdlet(VerbsCommon.Copy, "EtcdSnapshot", DefaultParameterSetName = nameof(Name), SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(EtcdSnapshot))]
public sealed class CopyEtcdSnapshotCommand : S3Cmdlet
{
    private readonly List<EtcdSnapshot> _snapshots = [];
    private readonly List<EtcdSnapshotException> _unreadable = [];

    /// <summary>Snapshots on the hosts, by name, with wildcards. Each is read on the first host that has it, or the first of <see cref="ClusterCmdlet.Node"/>.</summary>
    [Parameter(ParameterSetName = nameof(Name), Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>What Save-, Get- and Copy-EtcdSnapshot give; also files, as Get-ChildItem gives them.</summary>
    [Parameter(ParameterSetName = nameof(InputObject), Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SnapshotTransformation]
    public EtcdSnapshot[]? InputObject { get; set; }

    /// <summary>Files, with wildcards.</summary>
    [Parameter(ParameterSetName = nameof(Path), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Files, exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = nameof(Name), Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = nameof(InputObject), Position = 1)]
    [Parameter(ParameterSetName = nameof(Path), Position = 1)]
    [Parameter(ParameterSetName = nameof(LiteralPath), Position = 1)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation(FilesAreOthers = true)]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>The etcd hosts that get it: names or addresses, with wildcards. All that lack it, when no other place is given either.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(NodeCompleter))]
    public string[]? ToNode { get; set; }

    /// <summary>The folder that gets it, made when it is missing.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>Reads <see cref="Name"/> from the bucket of <see cref="S3Cmdlet.Uri"/> or <see cref="S3Cmdlet.S3"/>, which else is written to.</summary>
    [Parameter(ParameterSetName = nameof(Name))]
    public SwitchParameter FromS3 { get; set; }

    /// <summary>How the server is to encrypt what it stores. As the bucket says when not given.</summary>
    [Parameter]
    [ValidateSet("AES256", "aws:kms")]
    public string? ServerSideEncryption { get; set; }

    /// <summary>The key for <c>aws:kms</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KmsKeyId { get; set; }

    /// <summary>Does not read objects back after writing them. They are then not called verified.</summary>
    [Parameter]
    public SwitchParameter NoReadBack { get; set; }

    /// <summary>
    /// Goes on where an earlier copy of the same snapshot to the folder or bucket broke, and leaves what arrived when this one breaks. Hosts cannot do that.
    /// </summary>
    [Parameter]
    public SwitchParameter Resume { get; set; }

    /// <summary>Writes names in the folder so that Windows can hold them, as is always done on Windows: colons and the like become <c>%3A</c>.</summary>
    [Parameter]
    public SwitchParameter WindowsNames { get; set; }

    /// <summary>Writes the zip that later RKE versions make. The state of the cluster, which holds its keys, is not put in.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>Writes what is packed in a zip as etcd wrote it.</summary>
    [Parameter]
    public SwitchParameter Expand { get; set; }

    /// <summary>Replaces another file of that name. The old one stays until the new one is verified; in a bucket only until it has been sent.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    private bool HasOtherPlace => Destination is not null || (UsesBucket && !FromS3);

    /// <inheritdoc />
    private protected override bool NeedsClusters => (Name is not null && !FromS3) || S3 || ToNode is not null || !HasOtherPlace || _snapshots.Exists(snapshot => snapshot.Location == SnapshotLocation.Host);

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        if (Compress && Expand)
        {
            throw new PSArgumentException("-Compress and -Expand exclude each other.");
        }

        if (FromS3 && !UsesBucket)
        {
            throw new PSArgumentException("-FromS3 needs -Uri or -S3, which say where from.");
        }

        _snapshots.AddRange(InputObject ?? []);
        AddFiles(Path, literal: false);
        AddFiles(LiteralPath, literal: true);
    }

    /// <inheritdoc />
    private protected override void AfterRun() => SnapshotNameCache.Clear();

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        _unreadable.ForEach(failure => pipeline.WriteError(failure));
        IReadOnlyList<(S3Address Address, S3Connection Connection)> buckets = Buckets(clusters);
        CopyRequest request = new()
        {
            Clusters = clusters,
            SourceConnection = buckets.Count > 0 ? buckets[0].Connection : Connection,
            Replace = Force,
            Resume = Resume,
            Packing = Compress ? SnapshotPacking.Zip : Expand ? SnapshotPacking.Plain : SnapshotPacking.AsIs,
            ToolsImage = ToolsImage,
            Timeout = Timeout,
            ThrottleLimit = ThrottleLimit,
        };
        IReadOnlyList<CopyDestination> destinations = Destinations(clusters, buckets);
        await using SnapshotCopy copy = new(HostOptions, request, pipeline);
        ConcurrentQueue<(SelectedNode Node, EtcdSnapshotException Failure)> unseen = [];
        IEnumerable<IReadOnlyList<EtcdSnapshot>> snapshots = Name is null
            ? CopyItem.Group(_snapshots)
            : FromS3 ? await copy.FindAsync(buckets[0].Address, buckets[0].Connection, Name, cancellationToken)
            : await copy.FindAsync(SelectNodes(clusters, NodeRoles.Etcd), Name, (node, failure) => unseen.Enqueue((node, failure)), cancellationToken);
        List<CopyItem> items = [];
        foreach (IReadOnlyList<EtcdSnapshot> same in snapshots)
        {
            items.Add(new CopyItem(same, await AllowedAsync(same[0], destinations, pipeline)));
        }

        List<CopyOutcome> failed = [];
        await foreach (CopyOutcome outcome in copy.RunAsync(items, cancellationToken))
        {
            if (outcome.Value is { } value)
            {
                pipeline.WriteObject(new ListedSnapshot(value));
            }
            else
            {
                failed.Add(outcome);
            }
        }

        // Last, so that a caller that stops at the first error does not stop the work by that.
        failed.ForEach(outcome => pipeline.WriteError(outcome.Failure!, outcome.Subject));
        foreach ((SelectedNode host, EtcdSnapshotException failure) in unseen)
        {
            pipeline.WriteError(failure, host.Node);
        }
    }

    /// <inheritdoc />
    private protected override S3Connection Complete(S3Connection connection) => base.Complete(connection) with
    {
        Encryption = ServerSideEncryption,
        KmsKeyId = KmsKeyId,
        ReadBack = !NoReadBack,
    };

    private async Task<List<CopyDestination>> AllowedAsync(EtcdSnapshot snapshot, IReadOnlyList<CopyDestination> destinations, CmdletPipeline pipeline)
    {
        List<CopyDestination> allowed = [];
        foreach (CopyDestination destination in destinations.Where(destination => MayHold(destination, snapshot)))
        {
            string place = destination is HostDestination { Selected.Node: var node } ? $"{node} ({node.Address})" : destination.Place;
            if (await pipeline.ShouldProcessAsync(place, $"Copy etcd snapshot {snapshot.Name} from {snapshot}"))
            {
                allowed.Add(destination);
            }
        }

        return allowed;
    }

    // Unless the hosts are named, a snapshot stays in its cluster, and is not copied to where it comes from.
    private bool MayHold(CopyDestination destination, EtcdSnapshot snapshot)
        => destination is not HostDestination { Selected: var host }
            || ((ToNode is not null || snapshot.ClusterName is null || host.Cluster.Name == snapshot.ClusterName)
                && !(snapshot.Location == SnapshotLocation.Host && !Compress && !Expand && snapshot.Node == host.Node.Name && snapshot.Address == host.Node.Address));

    private List<CopyDestination> Destinations(IReadOnlyList<RkeCluster> clusters, IReadOnlyList<(S3Address Address, S3Connection Connection)> buckets)
    {
        List<CopyDestination> destinations = [];
        if (ToNode is not null || !HasOtherPlace)
        {
            HashSet<object> chosen = new(NodeSelection.Select(clusters.SelectMany(cluster => cluster.Nodes), ToNode, NodeRoles.Etcd), ReferenceEqualityComparer.Instance);
            destinations.AddRange(clusters.SelectMany(cluster => cluster.Nodes.Where(chosen.Contains).Select(node => new HostDestination(new SelectedNode(cluster, node)))));
        }

        if (Destination is not null)
        {
            destinations.Add(new FolderDestination(CmdletHost.ResolvePath(Destination, literal: true)[0], WindowsNames));
        }

        if (!FromS3)
        {
            destinations.AddRange(buckets.Select(bucket => new S3Destination(bucket.Address, bucket.Connection)));
        }

        return destinations;
    }

    private void AddFiles(string[]? paths, bool literal)
    {
        foreach (string path in (paths ?? []).SelectMany(path => CmdletHost.ResolvePath(path, literal)))
        {
            try
            {
                _snapshots.Add(SnapshotFiles.Describe(path));
            }
            catch (EtcdSnapshotException failure)
            {
                _unreadable.Add(failure);
            }
        }
    }
}
