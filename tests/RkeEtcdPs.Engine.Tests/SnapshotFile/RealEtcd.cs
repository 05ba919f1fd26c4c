using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace RkeEtcdPs.Engine.Tests.SnapshotFile;

/// <summary>A real etcd on a loopback port with a data directory of its own. It is ended, and the directory removed, when disposed.</summary>
internal sealed class RealEtcd : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToolLimit = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("etcd-test-");
    private readonly int _port = FreePort();
    private readonly HttpClient _client;
    private Process? _process;

    private RealEtcd() => _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };

    public string DataDirectory => Path.Combine(_directory.FullName, "data");

    /// <summary>True where the long campaigns are wanted.</summary>
    public static bool LongTests => Environment.GetEnvironmentVariable("ETCDSNAPSHOT_LONG_TESTS") == "1";

    /// <summary>Starts an etcd. Where none is installed the test is skipped, but not in CI: there it fails.</summary>
    public static async Task<RealEtcd> StartAsync()
    {
        bool installed = IsInstalled("etcd") && IsInstalled("etcdctl");
        Assert.True(installed || Environment.GetEnvironmentVariable("CI") != "true", "etcd and etcdctl must be installed in CI");
        Skip.IfNot(installed, "etcd and etcdctl are not installed");
        RealEtcd etcd = new();
        etcd.Launch();
        await etcd.WaitAsync();
        return etcd;
    }

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using HttpResponseMessage response = await _client.PostAsJsonAsync($"/v3/{path}", body, JsonSerializerOptions.Default);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"{path}: {answer}");
    }

    /// <summary>Puts keys, a hundred in a request.</summary>
    public async Task PutAsync(IEnumerable<(string Key, byte[] Value, long Lease)> entries)
    {
        foreach ((string Key, byte[] Value, long Lease)[] part in entries.Chunk(100))
        {
            await PostAsync("kv/txn", new
            {
                success = part.Select(put => new { requestPut = new { key = Base64(put.Key), value = Convert.ToBase64String(put.Value), lease = put.Lease } }),
            });
        }
    }

    public Task PutAsync(string key, byte[] value) => PutAsync([(key, value, 0)]);

    public Task DeleteAsync(string from, string? to = null) =>
        PostAsync("kv/deleterange", to is null ? new { key = Base64(from) } : new { key = Base64(from), range_end = Base64(to) });

    /// <summary>The revision etcd is at.</summary>
    public async Task<long> RevisionAsync()
    {
        JsonElement answer = await PostAsync("kv/range", new { key = Base64("none") });
        return long.Parse(answer.GetProperty("header").GetProperty("revision").GetString()!, CultureInfo.InvariantCulture);
    }

    /// <summary>Everything etcd has at a revision (0: now), in the order of the keys.</summary>
    public async Task<List<EtcdKey>> ReadAllAsync(long revision = 0)
    {
        List<EtcdKey> keys = [];
        string from = Convert.ToBase64String([0]);
        while (true)
        {
            JsonElement answer = await PostAsync(
                "kv/range", new { key = from, range_end = Convert.ToBase64String([0]), limit = "5000", revision });
            if (answer.TryGetProperty("kvs", out JsonElement found))
            {
                keys.AddRange(found.EnumerateArray().Select(EtcdKey.Parse));
                from = Convert.ToBase64String([.. Encoding.UTF8.GetBytes(keys[^1].Key), 0]);
            }

            if (!answer.TryGetProperty("more", out _))
            {
                return keys;
            }
        }
    }

    public async Task<string> SaveAsync(string name = "snapshot.db", string user = "")
    {
        await EtcdctlAsync(["snapshot", "save", PathOf(name), .. user.Length > 0 ? new[] { "--user", user } : []]);
        return PathOf(name);
    }

    public async Task<JsonElement> StatusAsync(string path) =>
        JsonDocument.Parse(await EtcdctlAsync("snapshot", "status", path, "-w", "json")).RootElement;

    public async Task<string> EtcdctlAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("etcdctl") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ETCDCTL_API"] = "3";
        start.Environment["ETCDCTL_ENDPOINTS"] = $"http://127.0.0.1:{_port}";
        // Its own two seconds to log in are few where two processors have a dozen things to do.
        start.Environment["ETCDCTL_DIAL_TIMEOUT"] = start.Environment["ETCDCTL_COMMAND_TIMEOUT"] = "60s";
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process tool = Process.Start(start)!;
        using CancellationTokenSource limit = new(ToolLimit);
        Task<string> errors = tool.StandardError.ReadToEndAsync(limit.Token);
        string output = await tool.StandardOutput.ReadToEndAsync(limit.Token);
        await tool.WaitForExitAsync(limit.Token);
        return tool.ExitCode == 0 ? output : throw new InvalidOperationException($"etcdctl {string.Join(' ', arguments)}: {await errors}");
    }

    public async Task StopAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _directory.Delete(recursive: true);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static bool IsInstalled(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Launch()
    {
        string client = $"http://127.0.0.1:{_port}";
        string peer = $"http://127.0.0.1:{FreePort()}";
        ProcessStartInfo start = new("etcd") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])
        [
            "--name=etcd-test", $"--data-dir={DataDirectory}", $"--listen-client-urls={client}", $"--advertise-client-urls={client}",
            $"--listen-peer-urls={peer}", $"--initial-advertise-peer-urls={peer}", $"--initial-cluster=etcd-test={peer}",
            "--quota-backend-bytes=8000000000", "--max-request-bytes=20000000", "--unsafe-no-fsync", "--log-level=error",
        ])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task WaitAsync()
    {
        for (Stopwatch watch = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                await PostAsync("kv/range", new { key = Base64("ready") });
                return;
            }
            catch (Exception e) when (e is HttpRequestException or InvalidOperationException or JsonException && watch.Elapsed < StartLimit)
            {
                // Not yet.
            }
        }
    }
}
