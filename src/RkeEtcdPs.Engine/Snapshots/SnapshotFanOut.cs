using System.IO.Pipelines;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Reads one stream once and feeds it to several readers, in buffers of fixed size.</summary>
internal sealed class SnapshotFanOut
{
    // Enough to keep a link busy while another one is slower for a moment.
    private const int BranchBuffer = 4 * 1024 * 1024;
    private const int Segment = 256 * 1024;

    private readonly Pipe[] _pipes;

    public SnapshotFanOut(int branches)
    {
        _pipes = [.. Enumerable.Range(0, branches).Select(_ => new Pipe(new PipeOptions(
            pauseWriterThreshold: BranchBuffer, resumeWriterThreshold: BranchBuffer / 2, minimumSegmentSize: Segment, useSynchronizationContext: false)))];
        Branches = [.. _pipes.Select(pipe => pipe.Reader.AsStream())];
    }

    /// <summary>The bytes, once for each reader.</summary>
    public IReadOnlyList<Stream> Branches { get; }

    /// <summary>Reads the source and feeds all branches. When the source fails, so does the reading of every branch, before its end.</summary>
    /// <param name="open">Opens the source.</param>
    /// <param name="explain">Says why it failed, so that the readers know that the source is to blame.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task SendAsync(
        Func<CancellationToken, Task<Stream>> open, Func<Exception, Task<Exception>> explain, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            Stream content = await open(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                BranchStream branches = new(_pipes);
                await ChunkedRead.RunAsync(content, branches.WriteAsync, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // Whatever it was: a branch that is never completed would be read for ever.
            // It is thrown again where the branches are read, and must then say that the source is to blame.
            failure = error is OperationCanceledException ? error : await explain(error).ConfigureAwait(false);
        }

        foreach (Pipe pipe in _pipes)
        {
            await pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
        }
    }
}
