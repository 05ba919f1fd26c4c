using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Readiness;
using RkeEtcdPs.Engine.Reports;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Engine.Stores;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Export-EtcdSnapshotReport: where the snapshots of clusters stand, as one page of HTML.</summary>
[Cmdlet(VerbsData.Export, "EtcdSnapshotReport", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportEtcdSnapshotReportCommand : S3Cmdlet
{
    private readonly PathPlaces _archives = new();

    /// <summary>The file to write, such as report.html. One of this name is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [Alias("LiteralPath", "FilePath")]
    public string Path { get; set; } = "";

    /// <summary>Folders off the hosts in which copies are kept, with wildcards.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Archive { get; set; }

    /// <summary>Reads every snapshot to its end where it lies and proves it. Without it none is shown as verified.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>Refuses when there is a file of the name.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    private string _file = "";

    /// <inheritdoc />
    private protected override void AcceptInput()
    {
        _archives.Add(CmdletHost, Archive, literal: false);
        _file = CmdletHost.ResolvePath(Path, literal: true)[0];
        if (ReportNotWrittenException.Check(_file, !NoClobber) is { } failure)
        {
            throw failure;
        }
    }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!await pipeline.ShouldProcessAsync(_file, "Write the report"))
        {
            return;
        }

        IReadOnlyList<SelectedNode> nodes = SelectNodes(clusters, NodeRoles.None);
        SelectedNode[] members = [.. nodes.Where(node => node.Node.Is(NodeRoles.Etcd))];
        List<ReportFailure> failures = [.. _archives.Missing.Select(missing => new ReportFailure(missing.Path, missing.Failure))];
        List<string> unreached = [];
        SnapshotReport report = new()
        {
            CreatedAt = Time.GetUtcNow().UtcDateTime,
            Clusters = [.. clusters.Select(cluster => cluster.Name)],
            Snapshots = await ListAsync(clusters, members, failures, unreached, pipeline, cancellationToken),
            Schedules = await FindSchedulesAsync(members, failures, pipeline, cancellationToken),
            Checks = await ExamineAsync(nodes, pipeline, cancellationToken),
            Failures = failures,
            Hosts = [.. members.Select(node => node.Node.Name)],
            Unreached = unreached,
        };
        await ReportFile.WriteAsync(report, _file, !NoClobber, cancellationToken);
        pipeline.WriteObject(new FileInfo(_file));
        failures.ForEach(failure => pipeline.WriteError(failure.Failure, failure.Place));
    }

    private async Task<IReadOnlyList<EtcdSnapshot>> ListAsync(
        IReadOnlyList<RkeCluster> clusters, IEnumerable<SelectedNode> members, List<ReportFailure> failures, List<string> unreached, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        SnapshotPlace[] places =
        [
            .. members.Select(node => SnapshotPlace.OnHost(node, HostOptions, ToolsImage)),
            .. _archives.Places,
            .. Buckets(clusters).Select(bucket => SnapshotPlace.InBucket(bucket.Address, bucket.Connection)),
        ];
        ListRequest request = new() { Verify = Verify, ThrottleLimit = ThrottleLimit, Timeout = Timeout };
        IReadOnlyList<PlaceListing> listings = await new SnapshotListing(pipeline).RunAsync(places, request, cancellationToken);
        failures.AddRange(listings.SelectMany(listing => listing.Failures.Select(failure => new ReportFailure(listing.Place.Name, failure))));
        unreached.AddRange(listings.Where(listing => !listing.Reached).Select(listing => listing.Place.Name));
        return [.. listings.SelectMany(listing => listing.Snapshots)];
    }

    private async Task<IReadOnlyList<EtcdSnapshotSchedule>> FindSchedulesAsync(
        IReadOnlyList<SelectedNode> members, List<ReportFailure> failures, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        List<EtcdSnapshotSchedule> schedules = [];
        ScheduleRequest request = new() { ToolsImage = ToolsImage, Timeout = Timeout, ThrottleLimit = ThrottleLimit };
        await foreach (Outcome<EtcdSnapshotSchedule> outcome in new SnapshotSchedules(HostOptions, pipeline).GetAsync(members, request, cancellationToken))
        {
            if (outcome.Value is { } schedule)
            {
                schedules.Add(schedule);
            }
            else if (!failures.Exists(failure => failure.Place == outcome.Node.Name))
            {
                // A host that cannot be reached was told of when its snapshots were listed.
                failures.Add(new ReportFailure(outcome.Node.Name, outcome.Failure!));
            }
        }

        return [.. schedules.OrderBy(schedule => schedule.Node, StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<NodeCheck>> ExamineAsync(IReadOnlyList<SelectedNode> nodes, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        List<NodeCheck> checks = [];
        NodeTestRequest request = new() { ToolsImage = ToolsImage, Timeout = Timeout, ThrottleLimit = ThrottleLimit };
        await foreach (NodeCheck check in new NodeTest(HostOptions, Time, pipeline).RunAsync(nodes, request, cancellationToken))
        {
            checks.Add(check);
        }

        return checks;
    }
}
