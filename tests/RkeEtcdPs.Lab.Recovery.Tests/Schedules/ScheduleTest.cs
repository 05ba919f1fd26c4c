using System.Diagnostics;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Schedules;
using RkeEtcdPs.Engine.SnapshotFile;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.Schedules;

/// <summary>A class of tests of the recurring snapshot service, with seconds for hours.</summary>
public abstract class ScheduleTest(LabFixture fixture) : ProductTest(fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(240);

    private protected LabHost Host => Lab.Hosts[0];

    private protected static ScheduleRequest Every(int creation, int retention = 3600, int keep = 1)
        => new() { Creation = TimeSpan.FromSeconds(creation), Retention = TimeSpan.FromSeconds(retention), KeepAtLeast = keep, JitterSeconds = 0 };

    private protected async Task<EtcdSnapshotSchedule> EnableAsync(ScheduleRequest request, LabHost? host = null)
    {
        Outcome<EtcdSnapshotSchedule> outcome = Assert.Single(await Product.EnableAsync(request, (host ?? Host).Name));
        return outcome.Value ?? throw outcome.Failure!;
    }

    private protected async Task<EtcdSnapshotSchedule> LookAsync(LabHost? host = null)
    {
        Outcome<EtcdSnapshotSchedule> outcome = Assert.Single(await Product.SchedulesAsync((host ?? Host).Name));
        return outcome.Value ?? throw outcome.Failure!;
    }

    /// <summary>The recurring snapshots of a host, the oldest first.</summary>
    internal static string[] Recurring(LabHost host) => Directory.Exists(host.SnapshotFolder)
        ? [.. Directory.EnumerateFiles(host.SnapshotFolder, "*_etcd").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Waits until something is so; tells the log of the service when it does not come about.</summary>
    internal static Task UntilAsync(LabHost host, string what, Func<bool> probe) => UntilAsync(host, what, () => Task.FromResult(probe()));

    internal static async Task UntilAsync(LabHost host, string what, Func<Task<bool>> probe)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await probe())
        {
            if (watch.Elapsed > Limit)
            {
                string log = (await host.DockerAsync("logs", ScheduleContainer.Name)).StandardOutput;
                Assert.Fail($"waited in vain for {what}; {string.Join(' ', Recurring(host))}\n{log}\n{Memory(host)}");
            }

            await Task.Delay(50);
        }
    }

    /// <summary>What the service remembers.</summary>
    internal static string Memory(LabHost host) => File.Exists(MemoryPath(host)) ? File.ReadAllText(MemoryPath(host)) : "";

    internal static string MemoryPath(LabHost host) => Path.Combine(host.SnapshotFolder, ".etcdsnapshot", "schedule");

    internal static long Remembered(LabHost host, string key)
        => Memory(host).Split('\n').FirstOrDefault(line => line.StartsWith(key + "=", StringComparison.Ordinal)) is { } line && long.TryParse(line[(key.Length + 1)..], out long value) ? value : 0;

    /// <summary>Fails unless every recurring snapshot is whole, and there is one. What the service lets go of meanwhile does not count.</summary>
    internal static async Task AssertAllWholeAsync(LabHost host)
    {
        int whole = 0;
        foreach (string path in Recurring(host).Select(name => Path.Combine(host.SnapshotFolder, name)))
        {
            try
            {
                Assert.Equal(SnapshotIntegrity.Sound, (await SnapshotReader.CheckAsync(path)).Integrity);
                whole++;
            }
            catch (FileNotFoundException) when (!File.Exists(path))
            {
            }
        }

        Assert.NotEqual(0, whole);
    }

    internal static async Task<string> InspectAsync(LabHost host, string format)
        => (await host.DockerAsync("inspect", "--format", format, ScheduleContainer.Name)).OrThrow().StandardOutput.Trim();

    /// <summary>Puts a copy of a snapshot in the folder under another name.</summary>
    internal static void Put(LabHost host, string name, string from = "whole")
        => File.Copy(Path.Combine(host.SnapshotFolder, from), Path.Combine(host.SnapshotFolder, name));

    internal static string NameOf(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z_etcd'", System.Globalization.CultureInfo.InvariantCulture);
}
