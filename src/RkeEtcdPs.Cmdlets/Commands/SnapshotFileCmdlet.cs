using RkeEtcdPs.Cmdlets.Plumbing;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Cmdlets.Commands;

/// <summary>A cmdlet that reads snapshot files, one after the other. One that fails is an error, and the others are read.</summary>
public abstract class SnapshotFileCmdlet : AsyncCmdlet
{
    private readonly List<string> _files = [];

    /// <summary>Does the work on one file.</summary>
    /// <param name="file">The full path.</param>
    /// <param name="pipeline">Takes what comes of it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private protected abstract Task ReadAsync(string file, CmdletPipeline pipeline, CancellationToken cancellationToken);

    /// <summary>Adds the files that paths stand for.</summary>
    private protected void AddFiles(string[]? paths, bool literal) =>
        _files.AddRange((paths ?? []).SelectMany(path => CmdletHost.ResolvePath(path, literal)));

    /// <inheritdoc />
    private protected override async Task RunAsync(CmdletPipeline pipeline, CancellationToken cancellationToken)
    {
        foreach (string file in _files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await ReadAsync(file, pipeline, cancellationToken);
            }
            catch (Exception exception) when (SnapshotFileFailure.From(file, exception) is { } failure)
            {
                Fail(file, failure, pipeline);
            }
        }
    }

    /// <summary>Tells of a file that failed.</summary>
    private protected virtual void Fail(string file, EtcdSnapshotException failure, CmdletPipeline pipeline) => pipeline.WriteError(failure, file);
}
