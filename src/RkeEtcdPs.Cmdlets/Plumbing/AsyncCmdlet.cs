namespace RkeEtcdPs.Cmdlets.Plumbing;

/// <summary>
/// A cmdlet whose work is asynchronous. The work runs off the pipeline thread; what it writes and asks is pumped back.
/// When the pipeline stops, the work is cancelled and waited for until it has cleaned up.
/// </summary>
public abstract class AsyncCmdlet : HostedCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>How long cancelled work may take to remove what it made on the hosts.</summary>
    internal TimeSpan CleanUpLimit { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <inheritdoc />
    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work for all input, once. Its failure is the whole request's: a terminating error.</summary>
    private protected abstract Task RunAsync(CmdletPipeline pipeline, CancellationToken cancellationToken);

    /// <inheritdoc />
    protected sealed override void EndProcessing() => new PipelinePump(CmdletHost, CleanUpLimit, Time).Run(RunAsync, _stop.Token);

    /// <inheritdoc />
    protected sealed override void StopProcessing() => _ = _stop.CancelAsync();
}
