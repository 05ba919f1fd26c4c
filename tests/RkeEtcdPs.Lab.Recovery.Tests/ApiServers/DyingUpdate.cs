using System.Diagnostics;
using RkeEtcdPs.Engine.ApiServers;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Lab.Recovery.Tests.ApiServers;

/// <summary>A client, as a process of its own, that kills itself with SIGKILL at a chosen step of an update.</summary>
internal static class DyingUpdate
{
    /// <summary>The first argument of such a process.</summary>
    public const string Verb = "update-apiserver";

    private const int Killed = 137;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    public static async Task StartAsync(Lab lab, string node, ApiServerUpdateStep step)
    {
        using Process process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(DyingUpdate).Assembly.Location, Verb, lab.Folder.ClusterYml, lab.Folder.SshConfig, node, step.ToString()])
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
        ApiServerUpdateStep step = Enum.Parse<ApiServerUpdateStep>(arguments[4]);
        ApiServerUpdateRequest request = new()
        {
            NoComponentRestart = true,
            Observer = (reached, _) =>
            {
                if (reached == step)
                {
                    Process.GetCurrentProcess().Kill();
                    Thread.Sleep(Timeout.Infinite);
                }
            },
        };
        RkeNode[] nodes = [cluster.Nodes.First(node => node.Name == arguments[3])];
        await foreach (Outcome<ApiServerUpdate> outcome in new ApiServerUpdater(new HostOptions { SshConfigPath = arguments[2] }, new Progress<HostEvent>())
            .RunAsync(cluster, nodes, request, _ => Task.FromResult(true), _ => Task.FromResult(true)))
        {
            _ = outcome.Value ?? throw outcome.Failure!;
        }

        return 0;
    }
}
