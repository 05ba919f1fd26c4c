using System.Diagnostics;
using RkeEtcdPs.Lab;

namespace RkeEtcdPs.Benchmarks;

/// <summary>What a writer sees of a change: from the start of the first write that failed to the end of the one that succeeded after the last that failed.</summary>
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
        double? firstFailed = null;
        bool fails = false;
        double outage = 0;
        while (!stop.IsCancellationRequested)
        {
            double start = watch.Elapsed.TotalSeconds;
            if (!(await host.EtcdctlAsync("put", "/benchmark/writer", "x", "--dial-timeout=500ms", "--command-timeout=500ms")).Succeeded)
            {
                firstFailed ??= start;
                fails = true;
            }
            else if (fails)
            {
                outage = watch.Elapsed.TotalSeconds - firstFailed!.Value;
                fails = false;
            }
        }

        return outage;
    }
}
