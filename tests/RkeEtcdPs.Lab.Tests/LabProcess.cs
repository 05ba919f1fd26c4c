using System.Diagnostics;
using System.Text;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The lab's command line as a process of its own, which can be killed.</summary>
internal sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(360);
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    /// <summary>Starts it.</summary>
    /// <param name="arguments">Verb and options.</param>
    internal LabProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Lab).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
    }

    /// <summary>Its pid.</summary>
    internal int Pid => _process.Id;

    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code and standard output.</returns>
    internal static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var lab = new LabProcess(arguments);
        using var limit = new CancellationTokenSource(Limit);
        var output = await lab._process.StandardOutput.ReadToEndAsync(limit.Token);
        await lab._process.WaitForExitAsync(limit.Token);
        return (lab._process.ExitCode, output);
    }

    /// <summary>Waits until it has written a line with a text in it.</summary>
    internal async Task SaysAsync(string text)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            _said.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new InvalidOperationException($"it never said {text}, but: {_said}{await _process.StandardError.ReadToEndAsync(limit.Token)}");
    }

    /// <summary>Kills it with SIGKILL, not its children.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    /// <summary>Asks it to end, with SIGTERM, and waits.</summary>
    internal async Task TerminateAsync()
    {
        await SignalAsync("TERM");
        await EndAsync();
    }

    /// <summary>Sends it a signal.</summary>
    internal async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it has ended.</summary>
    internal async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <inheritdoc />
    public void Dispose() => _process.Dispose();
}
