using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet that replaces the data of clusters.</summary>
public abstract class RecoveryCmdlet : ClusterCmdlet
{
    private protected RecoveryCmdlet() => CleanUpLimit = WayBackLimit;

    /// <summary>Does not ask, and passes over findings that say that this may be done.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The image to work with on the hosts; the rke-tools image that RKE put there when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToolsImage { get; set; }

    /// <summary>How long the members may take to be healthy, in seconds: 5 minutes when not given, and never less.</summary>
    [Parameter]
    [ValidateRange(0, MaxTimeoutSec)]
    public override int TimeoutSec { get; set; }

    // Stopped half way, the old data is put back and proved, for which it takes at most eight minutes; that must not be cut off.
    internal static readonly TimeSpan WayBackLimit = TimeSpan.FromMinutes(10);

    /// <summary>True with <c>-WhatIf</c>.</summary>
    private protected bool WhatIf { get; private set; }

    /// <inheritdoc />
    protected override void BeginProcessing() => WhatIf = Approval.IsWhatIf(this);

    /// <summary>Asks, as <c>-WhatIf</c>, <c>-Confirm</c> and <see cref="Force"/> say.</summary>
    private protected Task<bool> ApproveAsync(CmdletPipeline pipeline, string target, string action)
        => Approval.AskAsync(pipeline, Force, WhatIf, target, action);

    /// <summary>The request as the parameters say.</summary>
    private protected RestoreRequest NewRequest(string name)
        => WithProofLimit(new RestoreRequest { Name = name, Force = Force, Nodes = Node, ToolsImage = ToolsImage }, Timeout);

    /// <summary>The request with a longer limit for the proof, never a shorter one.</summary>
    /// <remarks>A limit for hosts that do not answer may stand in a session's defaults; by that a restore of a big database, which goes well, must not be taken back.</remarks>
    internal static RestoreRequest WithProofLimit(RestoreRequest request, TimeSpan? limit)
        => limit > request.ProofLimit ? request with { ProofLimit = limit.Value } : request;
}
