using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace RkeEtcdPs.Benchmarks;

/// <summary>Makes a snapshot with a real etcd, which is ended when it has been taken.</summary>
internal static class SampleSnapshot
{
    private const int BatchSize = 100;

    /// <summary>Fills an etcd with ConfigMaps of random content and saves a snapshot.</summary>
    /// <returns>The path of the snapshot.</returns>
    public static async Task<string> MakeAsync(string directory, int keys, int valueSize)
    {
        string client = $"http://127.0.0.1:{FreePort()}";
        string peer = $"http://127.0.0.1:{FreePort()}";
        using Process etcd = Process.Start(new ProcessStartInfo(
            "etcd",
            [
                "--name=benchmark", $"--data-dir={directory}/data", $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
                $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}", $"--initial-cluster=benchmark={peer}",
                "--quota-backend-bytes=8000000000", "--unsafe-no-fsync", "--log-level=panic",
            ]))!;
        try
        {
            using HttpClient http = new() { BaseAddress = new Uri(client) };
            await WaitAsync(http);
            await FillAsync(http, keys, valueSize);
            string path = $"{directory}/snapshot.db";
            ProcessStartInfo save = new("etcdctl", ["--endpoints", client, "snapshot", "save", path]) { RedirectStandardError = true };
            save.Environment["ETCDCTL_API"] = "3";
            using Process saving = Process.Start(save)!;
            string errors = await saving.StandardError.ReadToEndAsync();
            await saving.WaitForExitAsync();
            return saving.ExitCode == 0 ? path : throw new InvalidOperationException(errors);
        }
        finally
        {
            etcd.Kill();
            await etcd.WaitForExitAsync();
        }
    }

    private static async Task FillAsync(HttpClient http, int keys, int valueSize)
    {
        Random random = new(1);
        byte[] content = new byte[valueSize];
        for (int first = 0; first < keys; first += BatchSize)
        {
            List<object> puts = [];
            for (int key = first; key < Math.Min(keys, first + BatchSize); key++)
            {
                random.NextBytes(content);
                byte[] value = [.. "k8s\0\n\x0f\n\x02v1\x12\tConfigMap\x12"u8, .. content];
                byte[] name = Encoding.ASCII.GetBytes($"/registry/configmaps/namespace-{key % 97}/object-{key:d7}");
                puts.Add(new { requestPut = new { key = name, value } });
            }

            using HttpResponseMessage answer = await http.PostAsJsonAsync("/v3/kv/txn", new { success = puts }, JsonSerializerOptions.Default);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task WaitAsync(HttpClient http)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                using HttpResponseMessage answer = await http.PostAsJsonAsync("/v3/kv/range", new { key = "AA==" });
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (attempt < 200)
            {
                await Task.Delay(100);
            }
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
