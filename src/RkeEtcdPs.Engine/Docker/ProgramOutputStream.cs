using System.Runtime.InteropServices;
using Docker.DotNet;
using Docker.DotNet.Models;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>What a program in a container prints, byte for byte; what it says of errors is left out. No log of the engine holds it.</summary>
internal sealed class ProgramOutputStream : ForwardStream
{
    private readonly MultiplexedStream _streams;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private bool _ended;

    private ProgramOutputStream(MultiplexedStream streams) => _streams = streams;

    /// <summary>Starts a program: a binary with its arguments.</summary>
    public static Task<ProgramOutputStream> StartAsync(DockerEngine engine, string container, IReadOnlyList<string> command, CancellationToken cancellationToken)
        => engine.StreamAsync(
            async (docker, token) =>
            {
                ContainerExecCreateParameters parameters = new() { Cmd = [.. command], AttachStdout = true, AttachStderr = true };
                string id = (await docker.Exec.CreateContainerExecAsync(container, parameters, token).ConfigureAwait(false)).ID;
                return new ProgramOutputStream(await docker.Exec.StartContainerExecAsync(id, new ContainerExecStartParameters(), token).ConfigureAwait(false));
            },
            cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool direct = MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> array);
        ArraySegment<byte> into = direct ? array : new ArraySegment<byte>(_buffer, 0, Math.Min(_buffer.Length, buffer.Length));
        // The library's stream cannot be asked again once it has ended.
        while (!_ended)
        {
            MultiplexedStream.ReadResult read = await _streams.ReadOutputAsync(into.Array!, into.Offset, into.Count, cancellationToken).ConfigureAwait(false);
            _ended = read.EOF;
            if (!read.EOF && read.Target == MultiplexedStream.TargetStream.StandardOut && read.Count > 0)
            {
                if (!direct)
                {
                    _buffer.AsMemory(0, read.Count).CopyTo(buffer);
                }

                return read.Count;
            }
        }

        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        _streams.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
