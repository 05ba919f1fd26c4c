namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The next so many bytes of a stream, which is closed with it.</summary>
internal sealed class LimitedStream(Stream inner, long length) : ForwardStream
{
    private long _left = length;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        int read = await inner.ReadAsync(buffer[..(int)Math.Min(_left, buffer.Length)], cancellationToken).ConfigureAwait(false);
        _left -= read > 0 ? read : throw new EndOfStreamException("it breaks off before its end");
        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
