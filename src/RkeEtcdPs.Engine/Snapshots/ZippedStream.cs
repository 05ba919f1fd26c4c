using System.IO.Compression;
using System.IO.Pipelines;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A snapshot packed as later RKE versions do, while it goes by.</summary>
internal sealed class ZippedStream : ForwardStream
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 64 << 10, useSynchronizationContext: false));
    private readonly Stream _packed;
    private readonly Stream _content;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _packing;

    /// <param name="content">The snapshot; closed with this.</param>
    /// <param name="name">Its name, and so that of the member.</param>
    /// <param name="writtenAt">The time of the member.</param>
    public ZippedStream(Stream content, string name, DateTime writtenAt)
    {
        _content = content;
        _packed = _pipe.Reader.AsStream();
        _packing = Task.Run(() => PackAsync(name, writtenAt));
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _packed.ReadAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _packed.DisposeAsync().ConfigureAwait(false);
        await _packing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _content.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // Chunks of one size: what comes out depends on nothing but the content, and a second pass gives the same bytes.
    private async Task PackAsync(string name, DateTime writtenAt)
    {
        Exception? failure = null;
        try
        {
            using ZipArchive zip = new(_pipe.Writer.AsStream(leaveOpen: true), ZipArchiveMode.Create, leaveOpen: true);
            ZipArchiveEntry entry = zip.CreateEntry($"/backup/{name}", CompressionLevel.Fastest);
            entry.LastWriteTime = new DateTimeOffset(writtenAt, TimeSpan.Zero);
            Stream member = entry.Open();
            await using (member.ConfigureAwait(false))
            {
                await ChunkedRead.RunAsync(_content, (chunk, token) => new ValueTask(Task.Run(() => member.Write(chunk.Span), token)), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }

        await _pipe.Writer.CompleteAsync(failure).ConfigureAwait(false);
    }
}
