using System.Diagnostics;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>Runs the system's ssh with the configuration of a lab.</summary>
/// <param name="lab">The lab.</param>
internal sealed class SshClient(Lab lab)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(80);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="arguments">What follows <c>ssh -F ssh_config</c>.</param>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Starts one that stays, such as a tunnel.</summary>
    internal Process Start(params string[] arguments)
    {
        string[] line = ["-F", lab.Folder.SshConfig, "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", .. arguments];
        return Process.Start(new ProcessStartInfo("ssh", line) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
