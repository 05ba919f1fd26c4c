namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The standard streams of a remote command as one duplex stream.</summary>
/// <remarks>Closing it ends the command's input, upon which it ends by itself; the transport ends what does not.</remarks>
internal sealed class SshStdioStream(SshProcess ssh) : DuplexStream
{
    public SshProcess Ssh => ssh;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => ssh.Output.ReadAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => ssh.Output.Read(buffer, offset, count);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await ssh.Input.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await ssh.Input.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        ssh.Input.Write(buffer, offset, count);
        ssh.Input.Flush();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => ssh.Input.FlushAsync(cancellationToken);

    public override void Flush() => ssh.Input.Flush();

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
