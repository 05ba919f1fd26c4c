using System.IO.Pipelines;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>The bytes of a zip as they go by, unpacked and hashed beside. Its end is reached only when the database in it is what etcd wrote.</summary>
internal sealed class ZipProvingStream : ForwardStream
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 64 << 10, useSynchronizationContext: false));
    private readonly Stream _inner;
    private readonly Task<string> _proof;

    /// <param name="inner">The zip; closed with this.</param>
    /// <param name="place">Where it comes from, for errors.</param>
    /// <param name="expected">The SHA-256 of its database; null when it is not known.</param>
    public ZipProvingStream(Stream inner, string place, string? expected)
    {
        _inner = inner;
        _proof = ContentProof.RunAsync(_pipe.Reader.AsStream(), true, place, expected, CancellationToken.None);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        FlushResult flushed = default;
        if (read > 0)
        {
            flushed = await _pipe.Writer.WriteAsync(buffer[..read], cancellationToken).ConfigureAwait(false);
        }
        else if (!buffer.IsEmpty)
        {
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }

        if ((read == 0 && !buffer.IsEmpty) || flushed.IsCompleted)
        {
            await _proof.ConfigureAwait(false);
        }

        return read;
    }

    public override async ValueTask DisposeAsync()
    {
        await _pipe.Writer.CompleteAsync(new OperationCanceledException()).ConfigureAwait(false);
        await ((Task)_proof).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
