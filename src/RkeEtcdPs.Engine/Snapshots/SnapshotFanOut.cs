using System.IO.Pipelines;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>Reads one stream once and feeds it to several readers, in buffers of fixed size.</summary>
/// <param name="branches">How many readers there are.</param>
/// <param name="stallLimit">How long the source may bring nothing.</param>
internal sealed class SnapshotFanOut(int branches, TimeSpan stallLimit)
{
    // Enough to keep a link busy while another one is slower for a moment.
    private const int BranchBuffer = 4 * 1024 * 1024;
    private const int Segment = 256 * 1024;

    private readonly Pipe[] _pipes = [.. Enumerable.Range(0, branches).Select(_ => new Pipe(new PipeOptions(
        pauseWriterThreshold: BranchBuffer, resumeWriterThreshold: BranchBuffer / 2, minimumSegmentSize: Segment, useSynchronizationContext: false)))];

    private Stream[]? _branches;

    /// <summary>The bytes, once for each reader.</summary>
    public IReadOnlyList<Stream> Branches => _branches ??= [.. _pipes.Select(pipe => pipe.Reader.AsStream())];

    /// <summary>Why the source failed, set before any reader learns of it; null when it did not, or not in our terms.</summary>
    public EtcdSnapshotException? Failure { get; private set; }

    /// <summary>Reads the source and feeds all branches. When the source fails, so does the reading of every branch, before its end.</summary>
    /// <param name="place">Where the source lies, for its failures.</param>
    /// <param name="open">Opens the source.</param>
    /// <param name="explain">Says why it failed, so that the readers know that the source is to blame.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task SendAsync(
        string place, Func<CancellationToken, Task<Stream>> open, Func<Exception, Task<Exception>> explain, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            Stream content = await OpenAsync(place, open, cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                BranchStream taken = new(_pipes);
                await ChunkedRead.RunAsync(new TimedStream(content, place, stallLimit), taken.WriteAsync, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            // Whatever it was: a branch that is never completed would be read for ever.
            // It is thrown again where the branches are read, and must then say that the source is to blame.
            failure = error is OperationCanceledException or EtcdSnapshotException ? error : await explain(error).ConfigureAwait(false);
            Failure = failure as EtcdSnapshotException;
        }

        foreach (Pipe pipe in _pipes)
        {
            await pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
        }
    }

    private async Task<Stream> OpenAsync(string place, Func<CancellationToken, Task<Stream>> open, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(stallLimit);
        try
        {
            return await open(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOutException.Reading(place, stallLimit);
        }
    }
}
