using System.Management.Automation;
using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.SnapshotFile;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>Test-EtcdSnapshot: proves snapshot files without etcd, and tells what they say of their cluster.</summary>
[Cmdlet(VerbsDiagnostic.Test, "EtcdSnapshot", DefaultParameterSetName = nameof(Path))]
[OutputType(typeof(EtcdSnapshotCheck), typeof(bool))]
public sealed class TestEtcdSnapshotCommand : SnapshotFileCmdlet
{
    /// <summary>Files, with wildcards: snapshots as etcd writes them, or in the zip that RKE makes of them.</summary>
    [Parameter(ParameterSetName = nameof(Path), Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Files, exactly as written.</summary>
    [Parameter(ParameterSetName = nameof(LiteralPath), Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Gives only whether a file is proved sound. One that is corrupt or without a hash is false, and no error.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc />
    private protected override void Accept()
    {
        AddFiles(Path, literal: false);
        AddFiles(LiteralPath, literal: true);
    }

    /// <inheritdoc />
    private protected override async Task ReadAsync(string file, CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        EtcdSnapshotCheck check = await new SnapshotFileCheck(pipeline).RunAsync(file, cancellationToken);
        if (Quiet)
        {
            pipeline.WriteVerbose($"{file}: {check.Integrity}. {string.Join(' ', check.Faults.Select(fault => fault.Message))}".TrimEnd());
            pipeline.WriteObject(check.Integrity == SnapshotIntegrity.Sound);
            return;
        }

        pipeline.WriteObject(check);
        if (check.Faults is [SnapshotCorruptException fault, ..])
        {
            pipeline.WriteError(fault, file);
        }
    }

    /// <inheritdoc />
    private protected override void Fail(string file, EtcdSnapshotException failure, CmdletPipeline pipeline)
    {
        base.Fail(file, failure, pipeline);
        if (Quiet)
        {
            pipeline.WriteObject(false);
        }
    }
}
