using System.Diagnostics;
using RkeEtcdPs.Lab;

namespace RkeEtcdPs.Benchmarks;

/// <summary>What a writer sees of a change: from the start of a write that failed to the end of the first that succeeded after it; all such times together.</summary>
internal static class Outage
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    /// <summary>Runs a change while a writer writes, and until it has written again.</summary>
    public static async Task<(double Total, double Outage)> MeasureAsync(LabHost host, Func<Task> change)
    {
        using CancellationTokenSource stop = new();
        Stopwatch watch = Stopwatch.StartNew();
        Task<double> writing = Task.Run(() => WriteAsync(host, watch, stop.Token));
        await Task.Delay(TimeSpan.FromSeconds(1));
        double begin = watch.Elapsed.TotalSeconds;
        await change();
        double total = watch.Elapsed.TotalSeconds - begin;
        stop.CancelAfter(Settling);
        await host.WaitForEtcdAsync(Settling);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await stop.CancelAsync();
        return (total, await writing);
    }

    private static async Task<double> WriteAsync(LabHost host, Stopwatch watch, CancellationToken stop)
    {
        double? failed = null;
        double outage = 0;
        while (!stop.IsCancellationRequested)
        {
            double start = watch.Elapsed.TotalSeconds;
            if (!(await host.EtcdctlAsync("put", "/benchmark/writer", "x", "--dial-timeout=500ms", "--command-timeout=500ms")).Succeeded)
            {
                failed ??= start;
            }
            else if (failed is { } since)
            {
                outage += watch.Elapsed.TotalSeconds - since;
                failed = null;
            }
        }

        return outage;
    }
}
