namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A stream that is read forward, and tells how many bytes each read brought.</summary>
internal sealed class CountedStream(Stream inner, Action<int> came) : ForwardStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        came(count);
        return count;
    }
}
