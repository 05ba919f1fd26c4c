using System.IO.Pipelines;

namespace RkeEtcdPs.Engine.Snapshots;

/// <summary>A stream whose bytes go into several pipes. A pipe whose reader has given up is left out from then on.</summary>
internal sealed class BranchStream(IEnumerable<Pipe> pipes) : Stream
{
    private readonly List<PipeWriter> _open = [.. pipes.Select(pipe => pipe.Writer)];

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult[] results = await Task.WhenAll(_open.Select(writer => writer.WriteAsync(buffer, cancellationToken).AsTask())).ConfigureAwait(false);
        for (int index = results.Length - 1; index >= 0; index--)
        {
            if (results[index].IsCompleted)
            {
                _open.RemoveAt(index);
            }
        }

        if (_open.Count == 0)
        {
            throw new IOException("nobody takes the data any more");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
