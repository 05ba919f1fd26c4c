using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Compare-EtcdSnapshot: what became of the objects from one snapshot to another, in the order of their keys.</summary>
[Cmdlet(VerbsData.Compare, "EtcdSnapshot")]
[OutputType(typeof(SnapshotDifference))]
public sealed class CompareEtcdSnapshotCommand : SnapshotContentCmdlet
{
    private const int MaxPending = 500;

    private string _referencePath = "";
    private SnapshotReader? _reference;

    /// <summary>The file to compare with, usually the older one.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Reference { get; set; } = "";

    /// <summary>The files to compare, usually newer ones; each is compared with the reference.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? Difference { get; set; }

    /// <inheritdoc />
    private protected override void Accept()
    {
        _referencePath = CmdletHost.ResolvePath(Reference, literal: true)[0];
        AddFiles(Difference, literal: true);
    }

    /// <inheritdoc />
    private protected override async Task RunAsync(CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        using FileProgress progress = new(_referencePath, "Comparing", pipeline);
        try
        {
            _reference = SnapshotReader.Open(_referencePath, progress.Step("unpacking"), cancellationToken);
        }
        catch (Exception exception) when (SnapshotFileFailure.From(_referencePath, exception) is { } failure)
        {
            // Without it there is nothing to compare with, so this ends the whole request.
            throw failure;
        }

        using (_reference)
        {
            await base.RunAsync(pipeline, cancellationToken);
        }
    }

    /// <inheritdoc />
    private protected override async Task ReadAsync(string file, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        using FileProgress progress = new(file, "Comparing", pipeline);
        using SnapshotReader difference = SnapshotReader.Open(file, progress.Step("unpacking"), cancellationToken);
        IProgress<long> reading = progress.Step("reading both", _reference!.Size + difference.Size);
        int pending = 0;
        foreach (SnapshotDifference found in _reference.CompareTo(difference, Filter, reading, cancellationToken))
        {
            pipeline.WriteObject(found);
            if (++pending % MaxPending == 0)
            {
                await pipeline.DrainAsync();
            }
        }
    }

    /// <inheritdoc />
    private protected override void Fail(string file, EtcdSnapshotException failure, CmdletPipeline pipeline) =>
        base.Fail(failure is SnapshotCorruptException { File: { } corrupt } ? corrupt : file, failure, pipeline);
}
