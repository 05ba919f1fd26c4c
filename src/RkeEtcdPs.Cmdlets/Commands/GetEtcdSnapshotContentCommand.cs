using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Formatting;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Get-EtcdSnapshotContent: the objects in snapshot files, without etcd, the one that was written last first.</summary>
[Cmdlet(
    VerbsCommon.Get, "EtcdSnapshotContent", DefaultParameterSetName = nameof(Path), SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(SnapshotObject), ParameterSetName = [nameof(Path), nameof(LiteralPath)])]
[OutputType(typeof(SnapshotSummary), ParameterSetName = [PathSummary, LiteralPathSummary])]
public sealed class GetEtcdSnapshotContentCommand : SnapshotContentCmdlet
{
    private const string PathSummary = nameof(PathSummary);
    private const string LiteralPathSummary = nameof(LiteralPathSummary);

    // What may be written and not yet taken by the next command.
    private const int MaxPendingObjects = 500;
    private const long MaxPendingBytes = 8 << 20;

    /// <summary>Files, with wildcards: snapshots as etcd writes them, or in the zip that RKE makes of them.</summary>
    [Parameter(ParameterSetName = nameof(Path), Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [Parameter(ParameterSetName = PathSummary, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Files, exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = LiteralPathSummary, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Adds the bytes of the values. Those that hold a secret also need <see cref="Value"/>.</summary>
    [Parameter(ParameterSetName = nameof(Path))]
    [Parameter(ParameterSetName = nameof(LiteralPath))]
    public SwitchParameter Raw { get; set; }

    /// <summary>Adds the values: JSON and plain text as text, and the data of ConfigMaps and Secrets. Asks before each that holds a secret.</summary>
    [Parameter(ParameterSetName = nameof(Path))]
    [Parameter(ParameterSetName = nameof(LiteralPath))]
    public SwitchParameter Value { get; set; }

    /// <summary>Gives figures of each file instead: objects and bytes by kind and namespace, the biggest, and how much is history.</summary>
    [Parameter(ParameterSetName = PathSummary, Mandatory = true)]
    [Parameter(ParameterSetName = LiteralPathSummary, Mandatory = true)]
    public SwitchParameter Summary { get; set; }

    /// <inheritdoc />
    private protected override void Accept()
    {
        AddFiles(Path, literal: false);
        AddFiles(LiteralPath, literal: true);
    }

    /// <inheritdoc />
    private protected override async Task ReadAsync(string file, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        using FileProgress progress = new(file, "Reading", pipeline);
        using SnapshotReader reader = SnapshotReader.Open(file, progress.Step("unpacking"), cancellationToken);
        IProgress<long> reading = progress.Step("reading", reader.Size);
        if (Summary)
        {
            pipeline.WriteObject(reader.Summarize(Filter, reading, cancellationToken));
            return;
        }

        int withheld = 0;
        int pending = 0;
        long pendingBytes = 0;
        foreach (SnapshotObject item in reader.ReadNewestFirst(Filter, reading, cancellationToken))
        {
            bool mayShow = (Raw || Value) && (!item.HoldsSecret || (Value && await MayShowAsync(item, pipeline)));
            withheld += Raw && !Value && item.HoldsSecret ? 1 : 0;
            SnapshotObject content = mayShow ? reader.WithValue(item, Raw, Value) : item;
            pipeline.WriteObject(Raw || Value ? new ObjectWithValue(content) : content);
            pendingBytes += mayShow ? item.Size : 0;
            if (++pending == MaxPendingObjects || pendingBytes >= MaxPendingBytes)
            {
                await pipeline.DrainAsync();
                (pending, pendingBytes) = (0, 0);
            }
        }

        if (withheld > 0)
        {
            pipeline.WriteWarning($"{file}: the bytes of {withheld} values that hold secrets were left out. Add -Value to be asked for each.");
        }
    }

    private static Task<bool> MayShowAsync(SnapshotObject item, CmdletPipeline pipeline) =>
        pipeline.ShouldProcessAsync(item.Key, "Show the secret value");
}
