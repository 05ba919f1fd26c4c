using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A stream that is read forward, and of which every read must bring something in time.</summary>
/// <param name="inner">The stream; closed with this.</param>
/// <param name="place">Where it comes from, for the failure.</param>
/// <param name="limit">How long a read may bring nothing.</param>
internal sealed class TimedStream(Stream inner, string place, TimeSpan limit) : ForwardStream
{
    /// <exception cref="TimedOutException">Nothing came.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        try
        {
            return await inner.ReadAsync(buffer, timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOutException.Reading(place, limit);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
