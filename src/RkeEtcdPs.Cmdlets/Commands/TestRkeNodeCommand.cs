using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Readiness;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Test-RkeNode: what would make a snapshot or a restore fail, on every node.</summary>
[Cmdlet(VerbsDiagnostic.Test, "RkeNode")]
[OutputType(typeof(NodeCheck), typeof(bool))]
public sealed class TestRkeNodeCommand : ClusterCmdlet
{
    /// <summary>The age that the newest good snapshot of a host may have: a TimeSpan, <c>26h</c>, <c>2d</c>. 26 hours when not given.</summary>
    [Parameter]
    [DurationTransformation]
    [ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? MaxAge { get; set; }

    /// <summary>How many days the certificates of etcd must still be valid.</summary>
    [Parameter]
    [ValidateRange(0, 36500)]
    public int CertificateDays { get; set; } = 30;

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <summary>Gives only whether no check of any node found an error; with -Verbose also which did.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc />
    private protected override async Task RunAsync(IReadOnlyList<RkeCluster> clusters, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        NodeTestRequest request = new() { CertificateTime = TimeSpan.FromDays(CertificateDays), ToolsImage = ToolsImage, Timeout = Timeout, ThrottleLimit = ThrottleLimit };
        request = MaxAge is { } age ? request with { MaxAge = age } : request;
        bool ready = true;
        await foreach (NodeCheck check in new NodeTest(HostOptions, Time, pipeline).RunAsync(SelectNodes(clusters, NodeRoles.None), request, cancellationToken))
        {
            ready &= check.Severity < NodeCheckSeverity.Error;
            if (!Quiet)
            {
                pipeline.WriteObject(check);
            }
            else if (check.Severity >= NodeCheckSeverity.Warning)
            {
                pipeline.WriteVerbose($"{check.Severity}: [{check.Node}] {check.Check}: {check.Finding} {check.Advice}");
            }
        }

        if (Quiet)
        {
            pipeline.WriteObject(ready);
        }
    }
}
