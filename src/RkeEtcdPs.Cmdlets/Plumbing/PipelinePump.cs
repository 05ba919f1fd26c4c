using System.Management.Automation;
using System.Threading.Channels;

namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>
/// Runs work off the pipeline thread while this thread, the only one that may, writes what the work hands over.
/// It returns or throws only when the work is over, so that nothing is left behind on a host.
/// </summary>
/// <param name="host">Where to write.</param>
/// <param name="cleanUpLimit">How long cancelled work may take to clean up before it is left alone.</param>
/// <param name="time">The clock for progress bars.</param>
internal sealed class PipelinePump(ICmdletHost host, TimeSpan cleanUpLimit, TimeProvider time)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Channel<Action<ICmdletHost>> _queue =
        Channel.CreateUnbounded<Action<ICmdletHost>>(new UnboundedChannelOptions { SingleReader = true });

    private readonly ProgressBoard _board = new(time);

    /// <summary>Runs the work to its end.</summary>
    /// <param name="work">What to run. Its token says that the pipeline is stopping, or that the next command wants no more.</param>
    /// <param name="stop">The pipeline is stopping.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped; the work has been cancelled and has cleaned up.</exception>
    public void Run(Func<CmdletPipeline, CancellationToken, Task> work, CancellationToken stop)
    {
        // Not disposed: work that outlives the limit may still hold its token.
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pipeline = new CmdletPipeline(_queue.Writer, _board, cancel.Token);
        Task running = Task.Run(() => RunWorkAsync(work, pipeline, cancel.Token), CancellationToken.None);
        try
        {
            WriteUntilDone(stop);
        }
        catch (Exception failure)
        {
            _queue.Writer.TryComplete();
            _ = cancel.CancelAsync();
            Task.WaitAny([running], cleanUpLimit);
            CloseBars();
            SayFarewell(pipeline);
            if (failure is OperationCanceledException && stop.IsCancellationRequested)
            {
                throw new PipelineStoppedException();
            }

            throw;
        }

        CloseBars();
        SayFarewell(pipeline);
        Finish(running, stop);
    }

    private void SayFarewell(CmdletPipeline pipeline)
    {
        while (pipeline.Farewells.TryDequeue(out string? message))
        {
            host.ShowAfterStop(message);
        }
    }

    private async Task RunWorkAsync(Func<CmdletPipeline, CancellationToken, Task> work, CmdletPipeline pipeline, CancellationToken cancel)
    {
        try
        {
            await work(pipeline, cancel);
        }
        finally
        {
            _queue.Writer.TryComplete();
        }
    }

    private void WriteUntilDone(CancellationToken stop)
    {
        while (WaitForMore(stop))
        {
            while (_queue.Reader.TryRead(out Action<ICmdletHost>? write))
            {
                stop.ThrowIfCancellationRequested();
                write(host);
            }
        }
    }

    private bool WaitForMore(CancellationToken stop)
    {
        Task<bool> more = _queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        while (!more.Wait(Beat, stop))
        {
            Show(_board.Refresh());
        }

        return more.Result;
    }

    private void Show(IEnumerable<ProgressUpdate> updates)
    {
        foreach (ProgressUpdate update in updates)
        {
            host.WriteProgress(update);
        }
    }

    private void CloseBars()
    {
        try
        {
            Show(_board.Close());
        }
        catch (PipelineStoppedException)
        {
            // A stopped pipeline takes its bars down itself.
        }
    }

    private void Finish(Task running, CancellationToken stop)
    {
        try
        {
            running.GetAwaiter().GetResult();
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception failure)
        {
            host.ThrowTerminatingError(CmdletFailure.From(failure));
        }
    }
}
