using System.Buffers;
using System.Threading.Channels;
using Renci.SshNet;
using Renci.SshNet.Messages.Connection;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>The standard streams of a remote command as one duplex stream. Closing it ends the command.</summary>
internal sealed class ManagedSshStream : DuplexStream
{
    private const int MostUnread = 4 * 1024 * 1024;
    private const int MostSaid = 64 * 1024;

    private readonly SshCommand _command;
    private readonly Session _session;
    private readonly ReceiveGate _gate;
    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _opening = Task.CompletedTask;
    private Task _running = Task.CompletedTask;
    private Task? _closing;
    private Stream _input = Null;
    private int _closed;

    /// <summary>Takes a command that has not been started.</summary>
    public ManagedSshStream(SshCommand command, Session session, ReceiveGate gate)
    {
        _command = command;
        _session = session;
        _gate = gate;
        // After the command's own handlers, which its constructor added: what these are told of has been stored by then.
        session.ChannelDataReceived += OnData;
        session.ChannelExtendedDataReceived += OnExtendedData;
    }

    /// <summary>Completes when the command has ended; fails when the login did.</summary>
    public Task Running => _running;

    /// <summary>Completes when nothing of the command is left; null until it is closed.</summary>
    public Task? Closing => _closing;

    /// <summary>The exit code; null as long as it runs, and when the host did not say.</summary>
    public int? ExitCode => _running.IsCompletedSuccessfully ? _command.ExitStatus : null;

    /// <summary>The end of what the command wrote to standard error. To be asked for after it has ended.</summary>
    public string Said => _command.Error;

    /// <summary>How many bytes have been received and wait to be read.</summary>
    public long Unread => _command.OutputStream.Length;

    /// <summary>Starts the command.</summary>
    /// <exception cref="Renci.SshNet.Common.SshException">The host opens no channel, or the login has ended.</exception>
    public Task OpenAsync(CancellationToken cancellationToken)
    {
        _opening = Task.Run(Open, CancellationToken.None);
        return _opening.WaitAsync(cancellationToken);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (Unread == 0)
        {
            if (!await _arrivals.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            _arrivals.Reader.TryRead(out _);
        }

        return ReadNow(buffer.Span);
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadNow(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // SSH.NET blocks while the host grants no window. A write that is given up goes on, so it has bytes of its own.
        byte[] bytes = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(bytes);
        int count = buffer.Length;
        await Task.Run(() => WriteOwned(bytes, count), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        try
        {
            _gate.BeginWrite();
            _input.Write(buffer, offset, count);
        }
        catch (Exception error) when (error is not IOException)
        {
            throw new IOException("The SSH connection broke.", error);
        }
        finally
        {
            _gate.EndWrite();
        }

        // SSH.NET drops in silence what is written to a closed channel.
        if (_running.IsCompleted || _closed != 0)
        {
            throw new IOException("The remote command has ended.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _session.ChannelDataReceived -= OnData;
            _session.ChannelExtendedDataReceived -= OnExtendedData;
            _arrivals.Writer.TryComplete();
            _gate.Recheck();
            _closing = CloseAsync();
        }

        base.Dispose(disposing);
    }

    private void Open()
    {
        _running = _command.ExecuteAsync(CancellationToken.None);
        _ = WatchAsync();
        try
        {
            _input = _command.CreateInputStream();
        }
        catch (InvalidOperationException)
        {
            // It has ended already, as one that is not there does: whoever writes or reads will see that, and its exit code says why.
        }
    }

    private int ReadNow(Span<byte> buffer)
    {
        if (_running.IsFaulted && Unread == 0)
        {
            throw new IOException("The SSH connection broke.", _running.Exception.InnerException);
        }

        ObjectDisposedException.ThrowIf(_closed != 0, this);
        int count = _command.OutputStream.Read(buffer);
        _gate.Recheck();
        return count;
    }

    private void WriteOwned(byte[] bytes, int count)
    {
        try
        {
            Write(bytes, 0, count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private async Task WatchAsync()
    {
        await _running.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        _arrivals.Writer.TryComplete();
    }

    private async Task CloseAsync()
    {
        try
        {
            await _opening.ConfigureAwait(false);
            // It waits a moment for the host to agree.
            await Task.Run(_command.Dispose).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The login has ended, and with it the command.
            _command.Dispose();
        }
    }

    private void OnData(object? sender, MessageEventArgs<ChannelDataMessage> e)
    {
        if (Unread > 0)
        {
            _arrivals.Writer.TryWrite(true);
            _gate.WaitFor(() => _closed == 0 && Unread > MostUnread);
        }
    }

    private void OnExtendedData(object? sender, MessageEventArgs<ChannelExtendedDataMessage> e)
    {
        long much = _command.ExtendedOutputStream.Length - MostSaid;
        if (much > 0)
        {
            _ = _command.ExtendedOutputStream.Read(new byte[much]);
        }
    }
}
