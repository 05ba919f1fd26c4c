using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Get-EtcdSnapshot: every copy of every snapshot, on hosts, in folders or in buckets.</summary>
[Cmdlet(VerbsCommon.Get, "EtcdSnapshot", DefaultParameterSetName = OnHosts)]
[OutputType(typeof(EtcdSnapshot))]
public sealed class GetEtcdSnapshotCommand : S3Cmdlet
{
    private const string OnHosts = nameof(OnHosts);

    private readonly PathPlaces _paths = new();

    /// <summary>Only snapshots, or files, of these names, with wildcards.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SnapshotNameCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = OnHosts, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ClusterSourceTransformation]
    public override ClusterSource[]? ClusterConfig { get; set; }

    /// <summary>Folders or files instead of hosts, with wildcards.</summary>
    [Parameter(ParameterSetName = nameof(Path), Mandatory = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Folders or files instead of hosts, exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Reads every snapshot to its end where it lies and proves it. What is in a zip is known only then.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <inheritdoc />
    private protected override bool NeedsClusters => IsOnHosts || S3;

    private bool IsOnHosts => Path is null && LiteralPath is null && !UsesBucket;

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        _paths.Add(CmdletHost, Path, literal: false);
        _paths.Add(CmdletHost, LiteralPath, literal: true);
    }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        List<SnapshotPlace> places = [.. _paths.Places];
        places.AddRange(Buckets(clusters).Select(bucket => SnapshotPlace.InBucket(bucket.Address, bucket.Connection)));
        if (IsOnHosts)
        {
            places.AddRange(SelectNodes(clusters, NodeRoles.Etcd).Select(node => SnapshotPlace.OnHost(node, HostOptions, ToolsImage)));
        }

        ListRequest request = new() { Names = Name ?? [], Verify = Verify, ThrottleLimit = ThrottleLimit, Timeout = Timeout };
        IReadOnlyList<PlaceListing> listings = await new SnapshotListing(pipeline).RunAsync(places, request, cancellationToken);
        foreach (EtcdSnapshot snapshot in listings.SelectMany(listing => listing.Snapshots))
        {
            pipeline.WriteObject(new ListedSnapshot(snapshot));
        }

        _paths.Missing.ForEach(missing => pipeline.WriteError(missing.Failure, missing.Path));
        foreach ((SnapshotPlace place, EtcdSnapshotException failure) in listings.SelectMany(listing => listing.Failures.Select(failure => (listing.Place, failure))))
        {
            pipeline.WriteError(failure, place.Node ?? (object)place.Name);
        }

        WarnOfNames(listings, pipeline);
    }

    // As Get-Process does for a name that is nowhere; where a place failed, it may well be there.
    private void WarnOfNames(IReadOnlyList<PlaceListing> listings, CmdletPipeline pipeline)
    {
        if (!listings.All(listing => listing.Failures.Count == 0))
        {
            return;
        }

        foreach (string name in (Name ?? []).Where(name => !WildcardPattern.ContainsWildcardCharacters(name)))
        {
            bool found = listings.SelectMany(listing => listing.Snapshots).Any(snapshot =>
                string.Equals(snapshot.Name, name, StringComparison.OrdinalIgnoreCase)
                || snapshot.Path.EndsWith($"/{name}", StringComparison.OrdinalIgnoreCase)
                || snapshot.Path.EndsWith($"\\{name}", StringComparison.OrdinalIgnoreCase));
            if (!found)
            {
                pipeline.WriteError(SnapshotNotFoundException.Named(name, listings.Select(listing => listing.Place.Name)), name);
            }
        }
    }
}
