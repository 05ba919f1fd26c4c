using System.Net.Sockets;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The engine of this machine, over its own socket and without SSH.</summary>
internal sealed class LocalSocketTransport(RkeNode node) : IDockerTransport
{
    public string Description => $"the local socket {node.DockerSocket}";

    public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => UnixSocket.ConnectAsync(node.DockerSocket, cancellationToken);

    public async Task<EtcdSnapshotException?> FindFailureAsync()
    {
        try
        {
            await using Stream stream = await OpenAsync(CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AccessDenied)
        {
            return new DockerAccessDeniedException(node, node.DockerSocket, error);
        }
        catch (SocketException error)
        {
            return new DockerUnavailableException(node, $"nothing listens on {node.DockerSocket}", error);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
