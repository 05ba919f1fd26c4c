using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>A real server of the S3 protocol, s3rver from npm, on loopback; with TLS by a CA of its own, or without for a proxy that looks into requests.</summary>
internal sealed partial class S3Server : IAsyncDisposable
{
    /// <summary>The bucket that it has.</summary>
    public const string Bucket = "etcd";

    /// <summary>The access key and the secret key that it knows.</summary>
    public const string Key = "S3RVER";

    /// <summary>A name in its certificate that nothing resolves.</summary>
    public const string HostName = "s3.lab.invalid";

    private readonly Process _process;
    private readonly string _folder;

    private S3Server(Process process, string folder, int port, string? ca)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Ca = ca;
    }

    public int Port { get; }

    /// <summary>The CA in PEM form; null without TLS.</summary>
    public string? Ca { get; }

    /// <summary>The file in which it keeps the bytes of an object.</summary>
    public string FileOf(string key) => Path.Combine(_folder, "data", Bucket, key + "._S3rver_object");

    /// <summary>The files that it keeps.</summary>
    public IEnumerable<string> Stored => Directory.EnumerateFiles(Path.Combine(_folder, "data"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).OfType<string>();

    /// <summary>Starts one; ends the test as skipped where tests/run.sh did not install it, but in CI fails.</summary>
    public static async Task<S3Server> StartAsync(bool tls = true)
    {
        string program = Path.Combine(
            Environment.GetEnvironmentVariable("ETCDSNAPSHOT_TEST_CACHE") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache/etcdsnapshot-tests"),
            "s3rver-3.7.1/node_modules/.bin/s3rver");
        Skip.If(!File.Exists(program) && Environment.GetEnvironmentVariable("CI") != "true", $"{program} is missing: run tests/run.sh");
        string folder = Directory.CreateTempSubdirectory("s3-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        string? ca = tls ? WriteCertificates(folder) : null;
        int port = FreePort();
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        string[] arguments = ["-d", "data", "-a", "127.0.0.1", "-p", $"{port}", "--no-vhost-buckets", "--configure-bucket", Bucket, .. tls ? (string[])["--key", "key.pem", "--cert", "cert.pem"] : []];
        // s3rver 3.7.1 reads the source of a server-side copy with decodeURI, which leaves %2F and %3A as they are. Real servers, and this
        // way it too, decode all of what the SDK encodes.
        await File.WriteAllTextAsync(Path.Combine(folder, "decode.js"), "global.decodeURI = decodeURIComponent;");
        start.Environment["NODE_OPTIONS"] = $"--require={Path.Combine(folder, "decode.js")}";
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        S3Server server = new(process, folder, port, ca);
        for (int attempt = 0; attempt < 150; attempt++)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return server;
            }
            catch (SocketException)
            {
                await Task.Delay(200);
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException("s3rver did not start");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The certificate of another CA.</summary>
    public static string OtherCa()
    {
        using ECDsa key = ECDsa.Create();
        using X509Certificate2 other = Authority(key);
        return other.ExportCertificatePem();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static X509Certificate2 Authority(ECDsa key)
    {
        CertificateRequest request = new("CN=lab-s3-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static string WriteCertificates(string folder)
    {
        using ECDsa authorityKey = ECDsa.Create();
        using X509Certificate2 authority = Authority(authorityKey);
        using ECDsa key = ECDsa.Create();
        CertificateRequest request = new("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName(HostName);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddMinutes(-30), DateTimeOffset.UtcNow.AddHours(20), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return authority.ExportCertificatePem();
    }
}
