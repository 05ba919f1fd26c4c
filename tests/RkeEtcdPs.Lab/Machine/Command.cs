using System.ComponentModel;
using System.Diagnostics;

namespace RkeEtcdPs.Lab.Machine;

/// <summary>Runs a program of the machine to its end, never longer than a limit.</summary>
internal static class Command
{
    /// <summary>How long a command may take when nothing else is said.</summary>
    internal static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(240);

    /// <summary>Runs a program without a shell.</summary>
    /// <param name="commandLine">The program, looked up on PATH, and its arguments.</param>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="limit">When it is killed; null for <see cref="DefaultLimit"/>.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="LabException">It is not there, or was still running at the limit.</exception>
    internal static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> commandLine, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default)
    {
        var line = string.Join(' ', commandLine);
        using var process = new Process { StartInfo = StartInfo(commandLine) };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new LabException($"`{line}` cannot be started: {e.Message}", e);
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(limit ?? DefaultLimit);
        var output = process.StandardOutput.ReadToEndAsync(limited.Token);
        var error = process.StandardError.ReadToEndAsync(limited.Token);
        try
        {
            await WriteInputAsync(process, input, limited.Token);
            await process.WaitForExitAsync(limited.Token);
            return new CommandResult(line, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException) when (limited.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new LabException($"`{line}` was still running after {limit ?? DefaultLimit}");
        }
    }

    /// <summary>As <see cref="RunAsync"/>, and the command must succeed.</summary>
    /// <exception cref="LabException">It did not.</exception>
    internal static async Task<CommandResult> MustRunAsync(
        IReadOnlyList<string> commandLine, string? input = null, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(commandLine, input, limit, cancellationToken)).OrThrow();

    /// <summary>How a child process of the lab is started: sbin on its PATH, messages in English, no Docker settings of the caller.</summary>
    internal static ProcessStartInfo StartInfo(IReadOnlyList<string> commandLine)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";
        start.Environment["LC_ALL"] = "C";
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("DOCKER_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        // The caller's folder for temporary files is not there in a host.
        start.Environment.Remove("TMPDIR");

        // Proxies and credentials in the caller's ~/.docker would reach the containers.
        start.Environment["DOCKER_CONFIG"] = "/nonexistent";
        return start;
    }

    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code tells more.
        }
    }
}
