using System.Diagnostics;
using RkeEtcdPs.Engine.SnapshotFile;

namespace RkeEtcdPs.Benchmarks;

/// <summary>Our full check against what an admin has otherwise: <c>openssl dgst -sha256</c> and <c>etcdctl snapshot status</c>. Whole processes, in turn, in one run.</summary>
internal static class CheckBenchmark
{
    private const int DefaultRounds = 9;
    private const int KeyCount = 200_000;
    private const int ValueSize = 1_700;

    public static async Task<int> RunAsync(string[] arguments)
    {
        int rounds = arguments.Length > 1 ? int.Parse(arguments[1], null) : DefaultRounds;
        DirectoryInfo directory = Directory.CreateTempSubdirectory("etcd-benchmark-");
        try
        {
            string path = arguments.Length > 0 ? arguments[0] : await SampleSnapshot.MakeAsync(directory.FullName, KeyCount, ValueSize);
            Compare(path, rounds);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        return 0;
    }

    public static async Task<int> CheckOnceAsync(string path)
    {
        SnapshotCheck check = await SnapshotReader.CheckAsync(path);
        Console.WriteLine($"{check.Integrity} {check.Status?.Hash:x} {check.Status?.Revision}");
        return check.Integrity == SnapshotIntegrity.Corrupt ? 1 : 0;
    }

    public static int ListOnce(string path)
    {
        Stopwatch watch = Stopwatch.StartNew();
        using SnapshotReader reader = SnapshotReader.Open(path);
        int count = reader.ReadContent().Count();
        Console.WriteLine($"{count} keys in {watch.ElapsedMilliseconds} ms");
        return 0;
    }

    private static void Compare(string path, int rounds)
    {
        List<Measurement> check = [];
        List<Measurement> hash = [];
        List<Measurement> status = [];
        List<Measurement> list = [];
        Console.WriteLine($"{path}: {new FileInfo(path).Length:N0} bytes, {Environment.ProcessorCount} cores, {rounds} rounds after one to warm up");
        for (int round = 0; round <= rounds; round++)
        {
            Measurement[] found =
            [
                Measurement.Of(Environment.ProcessPath!, OwnArguments("check-once", path)),
                Measurement.Of("openssl", ["dgst", "-sha256", path]),
                Measurement.Of("etcdctl", ["snapshot", "status", path]),
                Measurement.Of(Environment.ProcessPath!, OwnArguments("list-once", path)),
            ];
            if (round > 0)
            {
                check.Add(found[0]);
                hash.Add(found[1]);
                status.Add(found[2]);
                list.Add(found[3]);
            }
        }

        Print("full check", check);
        Print("openssl dgst -sha256", hash);
        Print("etcdctl snapshot status", status);
        Print("listing", list);
        List<double> ratios = check.Select((ours, round) => ours.Seconds / (hash[round].Seconds + status[round].Seconds)).Order().ToList();
        Console.WriteLine($"full check / (openssl + etcdctl): median {ratios[ratios.Count / 2]:F2}, from {ratios[0]:F2} to {ratios[^1]:F2}");
        Console.WriteLine($"last listing: {list[^1].Output}");
    }

    // Run as a DLL, the process is dotnet and the DLL its first argument.
    private static string[] OwnArguments(string verb, string path) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.GetCommandLineArgs()[0], verb, path] : [verb, path];

    private static void Print(string what, List<Measurement> measurements) => Console.WriteLine(
        $"{what,-24} median {measurements.Select(m => m.Seconds).Order().ElementAt(measurements.Count / 2):F3} s"
        + $"  best {measurements.Min(m => m.Seconds):F3} s  peak {measurements.Max(m => m.PeakBytes) / 1_000_000.0:F0} MB");
}
