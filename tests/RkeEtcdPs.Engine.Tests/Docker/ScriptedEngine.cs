using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Tests.Docker;

/// <summary>A socket that answers as a Docker engine would, in what a test is about; of all else it says that there is no such thing.</summary>
internal sealed class ScriptedEngine : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<Request, Answer?> _answer;
    private readonly string _version;

    /// <summary>Begins to listen.</summary>
    /// <param name="answer">What it says; null where it knows nothing.</param>
    /// <param name="version">The version of its API.</param>
    public ScriptedEngine(Func<Request, Answer?> answer, string version = "1.41")
    {
        (_answer, _version) = (answer, version);
        string path = Path.Combine(_folder, "docker.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        RkeCluster cluster = ClusterFile.Parse("""
            nodes: [{address: 10.0.0.1, hostname_override: node1, user: u, role: [etcd, controlplane, worker]}]
            system_images: {alpine: "registry.test/rke-tools:v1"}
            private_registries: [{url: registry.test, user: me, password: secret}]
            """);
        RkeNode node = cluster.Nodes[0] with { Address = "127.0.0.1", User = null, DockerSocket = path };
        Host = new SelectedNode(cluster with { Nodes = [node] }, node);
        _ = ServeAsync();
    }

    /// <summary>The host whose engine it is.</summary>
    public SelectedNode Host { get; }

    /// <summary>A line of a container's log.</summary>
    public static Answer Log(params string[] lines)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        byte[] head = [1, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), text.Length);
        return new Answer(200, [.. head, .. text]);
    }

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        await using NetworkStream stream = new(client, ownsSocket: true);
        Request request = await ReadAsync(new StreamReader(stream, Encoding.Latin1));
        Answer answer = request.Line == "GET /version"
            ? Answer.Json($$"""{"Version":"test","ApiVersion":"{{_version}}","MinAPIVersion":"1.12"}""")
            : _answer(request) ?? new Answer(404, """{"message":"no such thing"}"""u8.ToArray());
        string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} Said\r\nConnection: close\r\nContent-Length: {answer.Body.Length}\r\n{answer.Header}\r\n");
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head));
        await stream.WriteAsync(request.Line.StartsWith("HEAD ", StringComparison.Ordinal) ? [] : answer.Body);
    }

    private static async Task<Request> ReadAsync(StreamReader reader)
    {
        string[] first = (await reader.ReadLineAsync() ?? "GET / HTTP/1.1").Split(' ');
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }

        StringBuilder body = new();
        if (headers.TryGetValue("Content-Length", out string? length))
        {
            body.Append(await ReadAsync(reader, int.Parse(length, CultureInfo.InvariantCulture)));
        }
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            while (int.Parse(await reader.ReadLineAsync() ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var size and > 0)
            {
                body.Append(await ReadAsync(reader, size));
                await reader.ReadLineAsync();
            }
        }

        string path = first[1];
        return new Request($"{first[0]} {(path.StartsWith("/v", StringComparison.Ordinal) && path.IndexOf('/', 1) is var slash and > 0 ? path[slash..] : path)}", headers, body.ToString());
    }

    private static async Task<string> ReadAsync(StreamReader reader, int length)
    {
        char[] text = new char[length];
        return new string(text, 0, await reader.ReadBlockAsync(text));
    }

    /// <summary>What was asked.</summary>
    /// <param name="Line">The method and the path, without the version of the API.</param>
    /// <param name="Headers">The headers.</param>
    /// <param name="Body">The body.</param>
    internal sealed record Request(string Line, IReadOnlyDictionary<string, string> Headers, string Body);

    /// <summary>What is said to it.</summary>
    /// <param name="Status">The status.</param>
    /// <param name="Body">The body.</param>
    /// <param name="Header">One more header with its line's end, or none.</param>
    internal sealed record Answer(int Status, byte[] Body, string Header = "")
    {
        public static Answer Json(string text) => new(200, Encoding.UTF8.GetBytes(text), "Content-Type: application/json\r\n");
    }
}
