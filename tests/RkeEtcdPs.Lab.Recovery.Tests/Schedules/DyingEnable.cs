using System.Diagnostics;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Schedules;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>A client, as a process of its own, that kills itself with SIGKILL at a chosen step of a replacement.</summary>
internal static class DyingEnable
{
    /// <summary>The first argument of such a process.</summary>
    public const string Verb = "enable-schedule";

    private const int Killed = 137;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    /// <summary>Stands for all etcd hosts.</summary>
    public const string AllNodes = "*";

    public static async Task StartAsync(Lab lab, string node, int creation, ScheduleStep step)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(DyingEnable).Assembly.Location, Verb, lab.Folder.ClusterYml, lab.Folder.SshConfig, node, $"{creation}", step.ToString()])
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
        RkeCluster cluster = ClusterFile.Read(arguments[1]);
        ScheduleRequest request = new()
        {
            Creation = TimeSpan.FromSeconds(int.Parse(arguments[4], System.Globalization.CultureInfo.InvariantCulture)),
            Retention = TimeSpan.FromDays(1),
            JitterSeconds = 0,
            Observer = reached =>
            {
                if (reached == Enum.Parse<ScheduleStep>(arguments[5]))
                {
                    Process.GetCurrentProcess().Kill();
                    Thread.Sleep(Timeout.Infinite);
                }
            },
        };
        SelectedNode[] nodes = [.. cluster.EtcdNodes.Where(node => arguments[3] == AllNodes || node.Name == arguments[3]).Select(node => new SelectedNode(cluster, node))];
        await foreach (Outcome<EtcdSnapshotSchedule> outcome in new SnapshotSchedules(new HostOptions { SshConfigPath = arguments[2] }, new Progress<HostEvent>()).EnableAsync(nodes, request))
        {
            _ = outcome.Value ?? throw outcome.Failure!;
        }

        return 0;
    }
}
