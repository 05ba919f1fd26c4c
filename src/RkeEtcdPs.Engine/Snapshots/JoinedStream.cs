namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The bytes of one stream and then those of another. Both are closed with it.</summary>
internal sealed class JoinedStream(Stream first, Stream second) : ForwardStream
{
    private bool _firstEnded;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        int read = _firstEnded ? 0 : await first.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _firstEnded |= read == 0;
        return read > 0 ? read : await second.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        await first.DisposeAsync().ConfigureAwait(false);
        await second.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
