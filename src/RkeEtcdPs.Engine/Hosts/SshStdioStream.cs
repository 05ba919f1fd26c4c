namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The standard streams of a remote command as one duplex stream.</summary>
/// <remarks>Closing it ends the command's input, upon which it ends by itself; the transport ends what does not.</remarks>
internal sealed class SshStdioStream(SshProcess ssh) : Stream
{
    public SshProcess Ssh => ssh;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => ssh.Output.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ssh.Output.ReadAsync(buffer, offset, count, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => ssh.Output.Read(buffer, offset, count);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await ssh.Input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await ssh.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        ssh.Input.Write(buffer, offset, count);
        ssh.Input.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => ssh.Input.FlushAsync(cancellationToken);

    public override void Flush() => ssh.Input.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override ValueTask DisposeAsync()
    {
        Dispose(disposing: true);
        return base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            ssh.EndInput();
        }

        base.Dispose(disposing);
    }
}
