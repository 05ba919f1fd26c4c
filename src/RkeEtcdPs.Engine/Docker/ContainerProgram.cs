using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace RkeEtcdPs.Engine.Docker;

/// <summary>Runs a program in a container that runs already: a binary with its arguments, never a shell.</summary>
internal static class ContainerProgram
{
    private const int LongestOutput = 4 * 1024 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="engine">The host's engine.</param>
    /// <param name="container">The container's id.</param>
    /// <param name="environment">Added to the container's own, as <c>NAME=value</c>.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="Errors.EtcdSnapshotException">The engine refused, or the container stopped.</exception>
    public static Task<ProgramResult> RunAsync(
        DockerEngine engine, string container, IReadOnlyList<string> environment, IReadOnlyList<string> command, CancellationToken cancellationToken)
        => engine.AskAsync((docker, token) => RunAsync(docker, container, environment, command, token), cancellationToken);

    /// <summary>Runs it to its end, however long that takes.</summary>
    /// <inheritdoc cref="RunAsync(DockerEngine, string, IReadOnlyList{string}, IReadOnlyList{string}, CancellationToken)"/>
    public static Task<ProgramResult> RunLongAsync(DockerEngine engine, string container, IReadOnlyList<string> command, CancellationToken cancellationToken)
        => engine.StreamAsync((docker, token) => RunAsync(docker, container, [], command, token), cancellationToken);

    private static async Task<ProgramResult> RunAsync(
        DockerClient docker, string container, IReadOnlyList<string> environment, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        ContainerExecCreateParameters parameters = new()
        {
            Cmd = [.. command],
            Env = [.. environment],
            AttachStdout = true,
            AttachStderr = true,
        };
        string id = (await docker.Exec.CreateContainerExecAsync(container, parameters, cancellationToken).ConfigureAwait(false)).ID;
        using MultiplexedStream streams = await docker.Exec.StartContainerExecAsync(id, new ContainerExecStartParameters(), cancellationToken).ConfigureAwait(false);
        ContainerLineReader lines = new(streams);
        StringBuilder output = new();
        StringBuilder error = new();
        while (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            // The rest is read to the end and dropped: no answer that we ask for is so long.
            StringBuilder stream = line.IsError ? error : output;
            stream.Append(stream.Length < LongestOutput ? line.Text + '\n' : "");
        }

        ContainerExecInspectResponse end = await docker.Exec.InspectContainerExecAsync(id, cancellationToken).ConfigureAwait(false);
        return new ProgramResult(end.ExitCode ?? -1, output.ToString(), error.ToString());
    }
}
