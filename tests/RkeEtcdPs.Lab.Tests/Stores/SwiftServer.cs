using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.S3;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>
/// OpenStack Swift from Debian with its S3 interface, on loopback: the server for what s3rver lacks. It verifies signatures, lists unfinished
/// uploads and their parts, gives them up, and copies parts.
/// </summary>
internal sealed class SwiftServer : IAsyncDisposable
{
    /// <summary>The bucket that it has.</summary>
    public const string Bucket = "etcd";

    private const string AccessKey = "test:tester";
    private const string Secret = "testing";

    private readonly List<Process> _processes = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("swift-").FullName;

    private SwiftServer()
    {
    }

    public int Port { get; private set; }

    /// <summary>How it is reached.</summary>
    public S3Connection Connection => new()
    {
        Endpoint = $"http://127.0.0.1:{Port}",
        AccessKey = new Secret(AccessKey),
        SecretKey = new Secret(Secret),
        // It answers 503 when the machine is busy.
        Retries = 6,
        RequestTimeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Starts one; ends the test as skipped where tests/run.sh did not install it, but in CI fails.</summary>
    public static async Task<SwiftServer> StartAsync()
    {
        Skip.If(!File.Exists("/usr/bin/swift-proxy-server") && Environment.GetEnvironmentVariable("CI") != "true", "swift-proxy is missing: run tests/run.sh");
        SwiftServer server = new();
        try
        {
            await server.StartAllAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAllAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data", "d1"));
        foreach (string ring in (string[])["account", "container", "object"])
        {
            int port = FreePort();
            await RunAsync($"{ring}.builder", "create", "4", "1", "1");
            await RunAsync($"{ring}.builder", "add", $"r1z1-127.0.0.1:{port}/d1", "1");
            await RunAsync($"{ring}.builder", "rebalance");
            Start(ring, port, $"""
                devices = {_folder}/data
                mount_check = false
                [pipeline:main]
                pipeline = {ring}-server
                [app:{ring}-server]
                use = egg:swift#{ring}
                fallocate_reserve = 0
                """);
        }

        Port = FreePort();
        Start("proxy", Port, $"""
            [pipeline:main]
            pipeline = catch_errors cache listing_formats s3api tempauth copy slo dlo proxy-server
            [app:proxy-server]
            use = egg:swift#proxy
            account_autocreate = true
            allow_account_management = true
            [filter:catch_errors]
            use = egg:swift#catch_errors
            [filter:cache]
            use = egg:swift#memcache
            # It must be named; that nobody is there costs no more than the caching.
            memcache_servers = 127.0.0.1:1
            [filter:listing_formats]
            use = egg:swift#listing_formats
            [filter:s3api]
            use = egg:swift#s3api
            location = us-east-1
            [filter:tempauth]
            use = egg:swift#tempauth
            user_test_tester = {Secret} .admin
            [filter:copy]
            use = egg:swift#copy
            [filter:slo]
            use = egg:swift#slo
            [filter:dlo]
            use = egg:swift#dlo
            """);
        using AmazonS3Client client = S3Client.Create(Connection with { Retries = 0 });
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await client.PutBucketAsync(Bucket);
                return;
            }
            catch (Exception error) when (attempt < 150 && error is AmazonS3Exception or HttpRequestException)
            {
                await Task.Delay(200);
            }
        }
    }

    private void Start(string kind, int port, string configuration)
    {
        string path = Path.Combine(_folder, $"{kind}.conf");
        File.WriteAllText(path, $"""
            [DEFAULT]
            bind_ip = 127.0.0.1
            bind_port = {port}
            workers = 0
            user = {Environment.UserName}
            swift_dir = {_folder}
            # Nobody makes up for updates that were too slow.
            conn_timeout = 30
            node_timeout = 60
            container_update_timeout = 30
            {configuration}

            """);
        ProcessStartInfo start = new($"/usr/bin/swift-{kind}-server", [path, "-v"]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private async Task RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("/usr/bin/swift-ring-builder", arguments) { RedirectStandardOutput = true, WorkingDirectory = _folder };
        using Process process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
