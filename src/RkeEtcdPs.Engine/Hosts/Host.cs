using System.Net.Sockets;
using System.Runtime.CompilerServices;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts.InProcess;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>One host that was logged in to, with a way to its Docker socket. One login serves all that is done there.</summary>
public sealed class Host : IAsyncDisposable
{
    private readonly HostOptions _options;
    private IDockerTransport _transport;

    private Host(RkeNode node, HostOptions options, IDockerTransport transport)
    {
        Node = node;
        _options = options;
        _transport = transport;
    }

    /// <summary>The node that this host is.</summary>
    public RkeNode Node { get; }

    /// <summary>The limit for one short request to its engine.</summary>
    public TimeSpan RequestTimeout => _options.RequestTimeout;

    /// <summary>How the Docker socket is reached, in words.</summary>
    public string Way => _transport.Description;

    /// <summary>Logs in.</summary>
    /// <exception cref="EtcdSnapshotException">The host cannot be reached or logged in to; nothing of the attempt remains.</exception>
    public static async Task<Host> ConnectAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
    {
        if (node.IsLocal)
        {
            return new Host(node, options, new LocalSocketTransport(node));
        }

        SshTransport way = options.Transport == SshTransport.Auto
            ? SshProgramSearch.Finds(options.SshProgram) ? SshTransport.OpenSsh : SshTransport.InProcess
            : options.Transport;
        return new Host(node, options, way == SshTransport.InProcess
            ? await ConnectInProcessAsync(node, options, cancellationToken).ConfigureAwait(false)
            : await ConnectOpenSshAsync(node, options, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _transport.DisposeAsync();

    /// <summary>Opens one more connection to the Docker socket.</summary>
    internal ValueTask<Stream> OpenDockerAsync(CancellationToken cancellationToken) => _transport.OpenAsync(cancellationToken);

    /// <summary>Changes from the forwarded socket to standard streams, when the first connection through the former failed.</summary>
    /// <returns>False when there is no other way left to try.</returns>
    internal async Task<bool> TryOtherWayAsync()
    {
        if (_transport is not SshTunnelTransport tunnel || await tunnel.FindFailureAsync().ConfigureAwait(false) is not null)
        {
            return false;
        }

        SshStdioTransport other = new(Node, _options, "its SSH server opens no connection to the socket: it forbids that, or nothing listens there");
        await _transport.DisposeAsync().ConfigureAwait(false);
        _transport = other;
        return true;
    }

    /// <summary>Why a request to the engine failed: the way to the host, where that broke, otherwise the engine.</summary>
    internal async Task<EtcdSnapshotException> ExplainAsync(Exception error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is EtcdSnapshotException known)
            {
                return known;
            }
        }

        return await _transport.FindFailureAsync().ConfigureAwait(false)
            ?? new DockerUnavailableException(Node, error.GetBaseException() is SocketException or IOException ? "it closed the connection" : error.GetBaseException().Message, error);
    }

    private static async Task<IDockerTransport> ConnectOpenSshAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
    {
        SshPrivateFolder.Sweep();
        return OperatingSystem.IsWindows()
            ? new SshStdioTransport(node, options, "ssh forwards no sockets on Windows")
            : await SshTunnelTransport.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
    }

    // Never inlined: only what runs this loads SSH.NET and its cryptography.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<IDockerTransport> ConnectInProcessAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
        => await ManagedSshTransport.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false);
}
