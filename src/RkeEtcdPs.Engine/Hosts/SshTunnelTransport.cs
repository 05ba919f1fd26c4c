using System.Net.Sockets;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>The engine's socket forwarded to a socket in a private folder, by one <c>ssh -N -L</c> for all connections.</summary>
/// <remarks>Never a TCP port: any user of this machine could connect to that, and would be root on the host.</remarks>
internal sealed class SshTunnelTransport : IDockerTransport
{
    private readonly RkeNode _node;
    private readonly SshPrivateFolder _folder;
    private readonly SshProcess _ssh;

    private SshTunnelTransport(RkeNode node, SshPrivateFolder folder, SshProcess ssh)
    {
        _node = node;
        _folder = folder;
        _ssh = ssh;
    }

    public string Description => $"{_node.DockerSocket} forwarded by ssh";

    /// <exception cref="EtcdSnapshotException">The login failed.</exception>
    public static async Task<SshTunnelTransport> ConnectAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
    {
        SshPrivateFolder folder = SshPrivateFolder.Create();
        try
        {
            List<string> arguments = SshArguments.Create(node, options, folder);
            arguments.AddRange(["-N", "-L", $"{folder.SocketPath}:{node.DockerSocket}", "--", node.Address]);
            SshProcess ssh = SshLauncher.Start(node, options, arguments, folder);
            SshTunnelTransport transport = new(node, folder, ssh);
            try
            {
                ssh.EndInput();
                await SshLauncher.WaitForLoginAsync(node, options, ssh, folder.SocketPath, cancellationToken).ConfigureAwait(false);
                return transport;
            }
            catch
            {
                await ssh.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await UnixSocket.ConnectAsync(_folder.SocketPath, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException) when (_ssh.HasEnded)
        {
            await _ssh.Ended.ConfigureAwait(false);
            throw SshFailure.Classify(_node, _ssh.Messages);
        }
    }

    public async Task<EtcdSnapshotException?> FindFailureAsync()
    {
        // A broken connection is seen by us a moment before ssh has ended and said why.
        await Task.WhenAny(_ssh.Ended, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        return _ssh.HasEnded ? SshFailure.Classify(_node, _ssh.Messages) : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _ssh.DisposeAsync().ConfigureAwait(false);
        _folder.Dispose();
    }
}
