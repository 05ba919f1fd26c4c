using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RkeEtcdPs.Lab.Tests.Stores;

/// <summary>Stands before a real server without TLS, hands requests on, remembers what they began with, and does its worst with those that it is told to.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _server;
    private readonly Func<string, string?> _fault;
    private readonly Task _accepting;

    /// <param name="server">The server's port.</param>
    /// <param name="fault">Is given the first line of each request and says what comes instead: a status line, <c>hang</c>, or null for the server's own answer.</param>
    public FaultProxy(int server, Func<string, string?> fault)
    {
        _server = server;
        _fault = fault;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The first lines and headers of all requests.</summary>
    public ConcurrentQueue<string> Heads { get; } = [];

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient server = new();
        try
        {
            using TcpClient owned = client;
            NetworkStream from = client.GetStream();
            string head = await ReadHeadAsync(from);
            Heads.Enqueue(head);
            if (head.StartsWith("CONNECT ", StringComparison.Ordinal))
            {
                // A proxy in the usual sense, which hands on what it cannot read. Whatever server is meant, it is this one.
                await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                await from.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
                await Task.WhenAny(from.CopyToAsync(server.GetStream(), _stop.Token), server.GetStream().CopyToAsync(from, _stop.Token));
                return;
            }

            switch (_fault(head.Split('\r')[0]))
            {
                case null:
                    await server.ConnectAsync(IPAddress.Loopback, _server, _stop.Token);
                    NetworkStream to = server.GetStream();
                    // One request a connection, so that every one is looked at.
                    await to.WriteAsync(Encoding.Latin1.GetBytes(head.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)), _stop.Token);
                    Task up = from.CopyToAsync(to, _stop.Token);
                    await to.CopyToAsync(from, _stop.Token);
                    break;
                case "hang":
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                    break;
                case { } status:
                    await from.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
                    client.Client.Shutdown(SocketShutdown.Send);
                    await from.CopyToAsync(Stream.Null, _stop.Token);
                    break;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Somebody has hung up.
        }
    }

    private static async Task<string> ReadHeadAsync(NetworkStream from)
    {
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await from.ReadAsync(one) > 0)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
