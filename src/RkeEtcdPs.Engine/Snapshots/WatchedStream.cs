namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A stream that is read forward, and tells of each read.</summary>
internal sealed class WatchedStream(Stream inner, Action read) : ForwardStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        read();
        return inner.ReadAsync(buffer, cancellationToken);
    }
}
