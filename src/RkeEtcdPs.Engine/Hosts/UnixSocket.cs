using System.Net.Sockets;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Connections to a Unix domain socket on this machine.</summary>
internal static class UnixSocket
{
    /// <summary>Connects; the stream owns the socket.</summary>
    /// <exception cref="SocketException">Nothing listens there, or it may not be used.</exception>
    public static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
