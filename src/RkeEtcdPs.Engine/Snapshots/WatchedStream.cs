namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A stream that is read forward, and tells of each read: when it begins, and how many bytes came.</summary>
internal sealed class WatchedStream(Stream inner, Action<int> read) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        read(0);
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        read(count);
        return count;
    }
}
