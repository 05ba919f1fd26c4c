using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Remove-EtcdSnapshot: removes exactly what is named or piped, and never the last verified copy of the newest snapshot.</summary>
[Cmdlet(VerbsCommon.Remove, "EtcdSnapshot", DefaultParameterSetName = ByName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(EtcdSnapshot))]
public sealed class RemoveEtcdSnapshotCommand : S3Cmdlet
{
    private const string ByName = nameof(ByName);
    private const string ByObject = nameof(ByObject);
    private const string Remains = nameof(Remains);

    private readonly List<EtcdSnapshot> _snapshots = [];
    private readonly List<string> _files = [];

    /// <summary>The exact names of the snapshots, or files, to remove: from the hosts, or with <see cref="S3Cmdlet.Uri"/> or <see cref="S3Cmdlet.S3"/> from there only.</summary>
    [Parameter(ParameterSetName = ByName, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SnapshotNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>The copies to remove, as Get-EtcdSnapshot and Select-EtcdSnapshot give them, wherever they are.</summary>
    [Parameter(ParameterSetName = ByObject, Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SnapshotTransformation(TakesFiles = false)]
    public EtcdSnapshot[]? InputObject { get; set; }

    /// <summary>The files to remove, exactly as written; with <see cref="Unfinished"/> the folders in which it looks.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = ByName, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = Remains, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ByObject)]
    [Parameter(ParameterSetName = nameof(LiteralPath))]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>Removes what saves and copies that did not end have left on the hosts, in a bucket or in folders, and empty files; none that may still be written to.</summary>
    [Parameter(ParameterSetName = Remains, Mandatory = true)]
    [Parameter(ParameterSetName = nameof(LiteralPath))]
    public SwitchParameter Unfinished { get; set; }

    /// <summary>Also removes the last verified copy of the newest snapshot of a cluster.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Gives the copies that were removed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <inheritdoc />
    private protected override bool NeedsClusters => S3 || (LiteralPath is null && Uri is null && (InputObject is null || _snapshots.Exists(snapshot => snapshot.Location == SnapshotLocation.Host)));

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        _snapshots.AddRange(InputObject ?? []);
        _files.AddRange((LiteralPath ?? []).SelectMany(path => CmdletHost.ResolvePath(path, literal: true)));
    }

    /// <inheritdoc />
    private protected override void AfterRun() => SnapshotNameCache.Clear();

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        HashSet<RkeNode> chosen = new(
            clusters.Count > 0 ? SelectNodes(clusters, NodeRoles.Etcd).Select(node => node.Node) : [], ReferenceEqualityComparer.Instance);
        // All etcd hosts are looked at, so that a copy that would stay is known.
        List<SnapshotPlace> places =
            [.. clusters.SelectMany(cluster => cluster.EtcdNodes.Select(node => SnapshotPlace.OnHost(new SelectedNode(cluster, node), HostOptions, ToolsImage)))];
        List<(S3Address Address, S3Connection Connection)> buckets = [.. Buckets(clusters)];
        SnapshotPlace[] remote = [.. buckets.Select(bucket => SnapshotPlace.InBucket(bucket.Address, bucket.Connection))];
        SnapshotPlace[] searched = [.. (Unfinished ? _files : []).Distinct(StringComparer.Ordinal).Select(folder => SnapshotPlace.InFolder(System.IO.Path.TrimEndingDirectorySeparator(folder)))];
        HashSet<SnapshotPlace> targets = [.. UsesBucket ? remote : searched.Length > 0 ? [] : places.Where(place => chosen.Contains(place.Node!)), .. searched];
        places.AddRange(remote);
        places.AddRange(searched);
        places.AddRange(_snapshots.Where(snapshot => snapshot.Location == SnapshotLocation.S3).Select(snapshot => S3Address.FolderOf(snapshot.Path))
            .Distinct().Where(folder => !buckets.Exists(bucket => bucket.Address == folder))
            .Select(folder => SnapshotPlace.InBucket(folder, buckets.Count > 0 ? buckets[0].Connection : Connection)));

        IEnumerable<string> folders = (Unfinished ? [] : _files).Concat(_snapshots.Where(snapshot => snapshot.Location == SnapshotLocation.File).Select(snapshot => snapshot.Path))
            .Select(path => System.IO.Path.GetDirectoryName(path)!).Distinct(StringComparer.Ordinal);
        places.AddRange(folders.Select(folder => SnapshotPlace.InFolder(folder)));
        RemoveRequest request = new()
        {
            Names = Name ?? [],
            Paths = Unfinished ? [] : _files,
            Places = targets,
            Snapshots = _snapshots,
            Unfinished = Unfinished,
            Force = Force,
        };
        ListRequest limits = new() { ThrottleLimit = ThrottleLimit, Timeout = Timeout };
        List<(object Target, EtcdSnapshotException Failure)> failed = [];
        var failures = await new SnapshotRemoval(pipeline).RunAsync(
            places,
            request,
            limits,
            snapshot => pipeline.ShouldProcessAsync(Display.CopyTarget(snapshot), "Remove etcd snapshot"),
            (snapshot, failure) =>
            {
                if (failure is not null)
                {
                    lock (failed)
                    {
                        failed.Add((snapshot, failure));
                    }

                    return;
                }

                pipeline.WriteVerbose($"[{snapshot.Node ?? snapshot.Location.ToString()}] Removed {snapshot.Path}");
                if (PassThru)
                {
                    pipeline.WriteObject(new ListedSnapshot(snapshot));
                }
            },
            cancellationToken);
        foreach ((SnapshotPlace place, EtcdSnapshotException failure) in failures)
        {
            pipeline.WriteError(failure, place.Node ?? (object)place.Name);
        }

        failed.ForEach(failure => pipeline.WriteError(failure.Failure, failure.Target));
        WriteUnknown(places, pipeline);
    }

    private void WriteUnknown(IReadOnlyList<SnapshotPlace> places, CmdletPipeline pipeline)
    {
        foreach (EtcdSnapshot snapshot in _snapshots.Where(snapshot => !SnapshotRemoval.IsInAny(places, snapshot)))
        {
            pipeline.WriteError(SnapshotNotRemovedException.Elsewhere(snapshot), snapshot);
        }
    }
}
