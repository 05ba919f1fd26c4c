using System.Diagnostics;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>A client, as a process of its own, that kills itself with SIGKILL at a chosen point of a restore or of its undoing.</summary>
internal static class DyingClient
{
    private const int Killed = 137;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(9);

    /// <summary>Runs a client in the lab until it dies there.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="snapshot">What it restores; null when it undoes the last restore.</param>
    /// <param name="step">The step at which it dies.</param>
    /// <param name="afterFirst">False: before the step; true: when the first host has done it.</param>
    public static async Task StartAsync(Lab lab, string? snapshot, RestoreStep step, bool afterFirst)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(DyingClient).Assembly.Location, lab.Folder.ClusterYml, lab.Folder.SshConfig, snapshot ?? "", step.ToString(), afterFirst.ToString()])
        { RedirectStandardError = true })!;
        using CancellationTokenSource limit = new(Limit);
        string error = await process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != Killed)
        {
            throw new InvalidOperationException($"the client did not die at {step} but ended with {process.ExitCode}: {error}");
        }
    }

    /// <summary>What the process does.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is not [string clusterYml, string sshConfig, string snapshot, string at, string when])
        {
            return 0;
        }

        RestoreStep step = Enum.Parse<RestoreStep>(at);
        bool afterFirst = bool.Parse(when);
        RestoreRequest request = new()
        {
            Name = snapshot,
            Observer = (reached, node) =>
            {
                if (reached == step && node is not null == afterFirst)
                {
                    Process.GetCurrentProcess().Kill();
                    Thread.Sleep(Timeout.Infinite);
                }
            },
        };
        RkeCluster cluster = ClusterFile.Read(clusterYml);
        HostOptions options = new() { SshConfigPath = sshConfig };
        Progress<HostEvent> story = new();
        IAsyncEnumerable<Outcome<RestoreResult>> outcomes = snapshot.Length > 0
            ? new SnapshotRestore(options, story).RunAsync(cluster, request, _ => Task.FromResult(true))
            : new RestoreUndo(options, story).RunAsync(cluster, null, request, _ => Task.FromResult(true));
        await foreach (Outcome<RestoreResult> _ in outcomes)
        {
        }

        return 0;
    }
}
