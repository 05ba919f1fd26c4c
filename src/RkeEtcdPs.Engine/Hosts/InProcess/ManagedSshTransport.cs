using Renci.SshNet.Common;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>SSH in this process, for places that may not start others: one login, and on it one <c>docker system dial-stdio</c> for each connection.</summary>
/// <remarks>
/// It honours what cluster.yml says of user, port and key, and known_hosts. Of an ssh_config it reads <c>UserKnownHostsFile</c> and nothing else;
/// host keys are checked strictly. It opens no port on this machine, so it cannot go through a bastion: SSH.NET does that over a TCP port
/// to which any user could connect.
/// </remarks>
internal sealed class ManagedSshTransport : IDockerTransport
{
    private const string Reason = "the in-process transport forwards no socket";
    private const string Advice = "Install the docker command line on the host (18.09 or later), or use -Transport OpenSsh, which needs none.";

    private readonly RkeNode _node;
    private readonly ManagedSshLogin _login;
    private readonly ReceiveGate _gate = new();
    private readonly ManagedSshPulse _pulse;
    private readonly List<ManagedSshStream> _streams = [];

    private ManagedSshTransport(RkeNode node, HostOptions options, ManagedSshLogin login)
    {
        _node = node;
        _login = login;
        _pulse = new ManagedSshPulse(login, _gate, options.KeepAliveInterval);
    }

    public string Description => "docker system dial-stdio over SSH in process"
        + (_login.NotRemembered is { } why ? $" (its new host key could not be remembered: {why})" : "");

    /// <exception cref="EtcdSnapshotException">The login failed.</exception>
    public static async Task<ManagedSshTransport> ConnectAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return node.Bastion is null
            ? new ManagedSshTransport(node, options, await ManagedSshLogin.ConnectAsync(node, options, cancellationToken).ConfigureAwait(false))
            : throw new NodeUnreachableException(
                node,
                $"the in-process transport cannot go through the bastion {node.Bastion.Address}",
                "Use -Transport OpenSsh, which needs the OpenSSH client here, or run this where the host is reached directly.");
    }

    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ManagedSshStream? stream = null;
        try
        {
            stream = new ManagedSshStream(_login.Client.CreateCommand(DialStdio.Command(_node)), _login.Session, _gate);
            Keep(stream);
            await stream.OpenAsync(cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            stream?.Dispose();
            throw _login.Ended.IsCompleted ? await _login.Ended.ConfigureAwait(false) : Refused(error);
        }
        catch (OperationCanceledException)
        {
            stream?.Dispose();
            throw;
        }
    }

    public async Task<EtcdSnapshotException?> FindFailureAsync()
    {
        // A broken stream is seen by us a moment before its command has ended and said why.
        await Task.WhenAny(_login.Ended, Task.WhenAll(Streams().Select(stream => stream.Running)), Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        if (_login.Ended.IsCompleted)
        {
            return await _login.Ended.ConfigureAwait(false);
        }

        // Not simply the last one opened: the client may have opened another by now, for another try.
        return Streams().LastOrDefault(stream => stream.ExitCode is not (null or 0)) is { } ended
            ? DialStdio.Explain(_node, ended.ExitCode ?? 0, ended.Said, Reason, Advice)
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _pulse.DisposeAsync().ConfigureAwait(false);
        _gate.Open();
        // The end of the login ends all commands; closing each of them first would take a round trip more.
        await _login.DisposeAsync().ConfigureAwait(false);
        foreach (ManagedSshStream stream in Streams())
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            await (stream.Closing ?? Task.CompletedTask).ConfigureAwait(false);
        }
    }

    private EtcdSnapshotException Refused(Exception error) => error is SshException and not SshConnectionException
        ? new ForwardingForbiddenException(_node, $"its SSH server runs no further command ({error.Message.TrimEnd('.')})", Advice)
        : ManagedSshFailure.Classify(_node, error, greeted: true);

    private ManagedSshStream[] Streams()
    {
        lock (_streams)
        {
            return [.. _streams];
        }
    }

    private void Keep(ManagedSshStream stream)
    {
        lock (_streams)
        {
            // One that ended by itself is kept until the next does: it says why.
            ManagedSshStream? ended = _streams.LastOrDefault(old => old.ExitCode is not (null or 0));
            _streams.RemoveAll(old => old != ended && old.Closing is { IsCompleted: true });
            _streams.Add(stream);
        }
    }
}
