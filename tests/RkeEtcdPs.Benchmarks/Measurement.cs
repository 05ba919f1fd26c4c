using System.Diagnostics;
using System.Text;

namespace RkeEtcdPs.Benchmarks;

/// <summary>What a process took.</summary>
/// <param name="Seconds">From its start to its end.</param>
/// <param name="PeakBytes">The most memory it had at once, as GNU time or Linux tells.</param>
/// <param name="Output">The last line it wrote.</param>
internal sealed record Measurement(double Seconds, long PeakBytes, string Output)
{
    /// <summary>Runs a process under GNU time, which tells the peak memory; its own cost, about a millisecond, is the same for all.</summary>
    public static Measurement Of(string program, string[] arguments)
    {
        ProcessStartInfo start = new("/usr/bin/time") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-f", "%M", program, .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ETCDCTL_API"] = "3";
        StringBuilder errors = new();
        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        double seconds = watch.Elapsed.TotalSeconds;
        string[] lines = errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return process.ExitCode == 0 && lines.Length > 0
            ? new Measurement(seconds, long.Parse(lines[^1], null) * 1024, output.Trim().Split('\n')[^1])
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {errors}{output}");
    }
}
