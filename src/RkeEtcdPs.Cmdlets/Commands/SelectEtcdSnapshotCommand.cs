using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Parameters;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Select-EtcdSnapshot: of the snapshots that are piped in, those to keep or those that may go. Touches none of them.</summary>
[Cmdlet(VerbsCommon.Select, "EtcdSnapshot")]
[OutputType(typeof(EtcdSnapshot))]
public sealed class SelectEtcdSnapshotCommand : HostedCmdlet
{
    private readonly List<RetentionItem> _items = [];

    /// <summary>The copies: what Get-EtcdSnapshot gives, or what came back of that from a file or another machine.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [ValidateNotNull]
    public object? InputObject { get; set; }

    /// <summary>Keep that many of the newest.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepLast { get; set; }

    /// <summary>Keep those that are no older than this: a TimeSpan, <c>36h</c>, <c>14d</c>.</summary>
    [Parameter]
    [DurationTransformation]
    [ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? KeepWithin { get; set; }

    /// <summary>Keep the newest of each of that many hours that have one.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepHourly { get; set; }

    /// <summary>Keep the newest of each of that many days that have one.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepDaily { get; set; }

    /// <summary>Keep the newest of each of that many weeks that have one. A week begins on Monday.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepWeekly { get; set; }

    /// <summary>Keep the newest of each of that many months that have one.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepMonthly { get; set; }

    /// <summary>Keep the newest of each of that many years that have one.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? KeepYearly { get; set; }

    /// <summary>Of what the other rules keep, or of all, keep the newest that have no more bytes together, per cluster and place: 20GB.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, long.MaxValue)]
    public long? MaxTotalSize { get; set; }

    /// <summary>Where days and the like begin, as a zone or its name; UTC when not given.</summary>
    [Parameter]
    [ValidateNotNull]
    [TimeZoneTransformation]
    [ArgumentCompleter(typeof(TimeZoneCompleter))]
    public TimeZoneInfo? TimeZone { get; set; }

    /// <summary>Copies with the same content are one snapshot, whatever host they are on, and are kept or go together.</summary>
    [Parameter]
    public SwitchParameter ByContent { get; set; }

    /// <summary>Gives those that may go, instead of those to keep.</summary>
    [Parameter]
    public SwitchParameter Expired { get; set; }

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    private RetentionPolicy Policy => new()
    {
        KeepLast = KeepLast,
        KeepWithin = KeepWithin,
        KeepHourly = KeepHourly,
        KeepDaily = KeepDaily,
        KeepWeekly = KeepWeekly,
        KeepMonthly = KeepMonthly,
        KeepYearly = KeepYearly,
        MaxTotalSize = MaxTotalSize,
        TimeZone = TimeZone ?? TimeZoneInfo.Utc,
    };

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        if (Policy.IsEmpty)
        {
            CmdletHost.ThrowTerminatingError(CmdletFailure.From(new RetentionRuleMissingException()));
        }
    }

    /// <inheritdoc />
    private protected override void Accept() => _items.Add(PipedSnapshot.Read(InputObject!));

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        IReadOnlyList<bool?> decisions = new Retention(Policy, ByContent).Decide(_items, Time.GetUtcNow().UtcDateTime);
        for (int index = 0; index < _items.Count; index++)
        {
            if (decisions[index] == !Expired)
            {
                CmdletHost.WriteObject(_items[index].Source);
            }
        }

        int unverified = _items.Count(Retention.IsUnverified);
        if (unverified > 0)
        {
            CmdletHost.WriteWarning($"{unverified} of {_items.Count} were not verified, so they do not count as kept and do not expire. Give what `Get-EtcdSnapshot -Verify` found.");
        }

        int others = decisions.Count(decision => decision is null);
        if (others > 0)
        {
            CmdletHost.WriteVerbose($"{others} of {decisions.Count} are unfinished, empty, foreign or not verified: they do not count as kept, and are never said to have expired.");
        }
    }
}
