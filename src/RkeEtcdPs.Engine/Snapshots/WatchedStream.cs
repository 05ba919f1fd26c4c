namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A stream that is read forward, and tells of each read: when whoever reads begins to wait for it, and when it has come.</summary>
/// <remarks>What is between is the source's time, not the reader's.</remarks>
internal sealed class WatchedStream(Stream inner, Action waits, Action came) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        waits();
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        came();
        return count;
    }
}
