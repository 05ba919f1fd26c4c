using System.Buffers;
using System.Text;
using Docker.DotNet;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Cuts the two interleaved streams of a container's log into lines.</summary>
internal sealed class ContainerLineReader(MultiplexedStream log)
{
    // A program that prints without line ends must not fill our memory.
    private const int LongestLine = 64 * 1024;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly ArrayBufferWriter<byte> _error = new();
    private readonly Queue<ContainerLine> _lines = new();
    private bool _ended;

    /// <summary>The next line; null at the end.</summary>
    /// <exception cref="IOException">The log broke off in the middle of a frame.</exception>
    public async Task<ContainerLine?> ReadAsync(CancellationToken cancellationToken)
    {
        while (_lines.Count == 0 && !_ended)
        {
            MultiplexedStream.ReadResult read = await log.ReadOutputAsync(_buffer, 0, _buffer.Length, cancellationToken).ConfigureAwait(false);
            if (read.EOF)
            {
                _ended = true;
                Complete(_output, isError: false);
                Complete(_error, isError: true);
                break;
            }

            bool isError = read.Target == MultiplexedStream.TargetStream.StandardError;
            Append(isError ? _error : _output, _buffer.AsSpan(0, read.Count), isError);
        }

        return _lines.TryDequeue(out ContainerLine? line) ? line : null;
    }

    private void Append(ArrayBufferWriter<byte> pending, ReadOnlySpan<byte> bytes, bool isError)
    {
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            pending.Write(bytes[..end]);
            Emit(pending, isError);
            bytes = bytes[(end + 1)..];
        }

        pending.Write(bytes);
        if (pending.WrittenCount > LongestLine)
        {
            Emit(pending, isError);
        }
    }

    private void Complete(ArrayBufferWriter<byte> pending, bool isError)
    {
        if (pending.WrittenCount > 0)
        {
            Emit(pending, isError);
        }
    }

    private void Emit(ArrayBufferWriter<byte> pending, bool isError)
    {
        _lines.Enqueue(new ContainerLine(Encoding.UTF8.GetString(pending.WrittenSpan).TrimEnd('\r'), isError));
        pending.ResetWrittenCount();
    }
}
