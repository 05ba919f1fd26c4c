using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Renci.SshNet;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts.KnownHosts;

namespace RkeEtcdPs.Engine.Hosts.InProcess;

/// <summary>One login to a node through SSH.NET, with the host key checked.</summary>
internal sealed class ManagedSshLogin : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    // The server counts channels, and refuses one too many at once; SSH.NET would wait in silence.
    private const int MostChannels = 1000;

    private readonly RkeNode _node;
    private readonly HostKeyCheck _check;
    private readonly ManagedSshAuthentication _authentication;
    private readonly TaskCompletionSource<EtcdSnapshotException> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _greeted;
    private volatile Session? _session;

    private ManagedSshLogin(RkeNode node, HostOptions options)
    {
        _node = node;
        _check = new HostKeyCheck(node, options);
        _authentication = new ManagedSshAuthentication(node.User ?? Environment.UserName, ManagedSshKeys.Read(node), Take);
        ConnectionInfo connection = new(node.Address, node.Port, _authentication.Username, _authentication)
        {
            Timeout = options.ConnectTimeout,
            MaxSessions = MostChannels,
            RetryAttempts = 1,
        };
        ManagedSshAlgorithms.Prefer(connection.HostKeyAlgorithms, _check.KnownTypes);
        Client = new SshClient(connection);
        Client.ServerIdentificationReceived += (_, _) => _greeted = true;
        Client.HostKeyReceived += (_, key) => key.CanTrust = _check.Trust(key.HostKey);
        Client.ErrorOccurred += (_, error) => End(error.Exception.Message.TrimEnd('.'), error.Exception);
    }

    public SshClient Client { get; }

    /// <summary>What is received and sent.</summary>
    public Session Session => _session ?? throw new InvalidOperationException("not logged in");

    /// <summary>Why the login ended; completes when it does, unless it is disposed of.</summary>
    public Task<EtcdSnapshotException> Ended => _ended.Task;

    /// <summary>See <see cref="HostKeyCheck.NotRemembered"/>.</summary>
    public string? NotRemembered => _check.NotRemembered;

    /// <exception cref="EtcdSnapshotException">The login failed, or took longer than the limit.</exception>
    public static async Task<ManagedSshLogin> ConnectAsync(RkeNode node, HostOptions options, CancellationToken cancellationToken)
    {
        ManagedSshLogin login = new(node, options);
        TimeSpan limit = options.ConnectTimeout * 2;
        // From the key exchange on, SSH.NET blocks the thread it is called on.
        Task connecting = Task.Run(() => login.Client.ConnectAsync(cancellationToken), CancellationToken.None);
        try
        {
            await connecting.WaitAsync(limit, cancellationToken).ConfigureAwait(false);
            // From now on the pulse decides when the host is gone, and not a write that the host lets wait.
            login.Client.ConnectionInfo.Timeout = Timeout.InfiniteTimeSpan;
            return login;
        }
        catch (Exception error)
        {
            Task leaving = login.LeaveAsync(connecting);
            if (connecting.IsCompleted)
            {
                await leaving.ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw login._check.Refusal
                ?? (error is TimeoutException
                    ? ManagedSshFailure.Unreachable(node, $"the login did not finish within {limit.TotalSeconds:0} s")
                    : ManagedSshFailure.Classify(node, error, login._greeted));
        }
    }

    /// <summary>Ends it because of something that was found out, with no regard for what is being sent.</summary>
    public void End(string cause, Exception? error = null)
    {
        _ended.TrySetResult(_check.Refusal ?? ManagedSshFailure.Unreachable(_node, cause, error));
        Cut();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // What leaves politely waits for what is being sent, which a host that is gone never takes.
        Task leaving = Task.Run(Client.Dispose);
        if (await Task.WhenAny(leaving, Task.Delay(CloseLimit)).ConfigureAwait(false) != leaving)
        {
            Cut();
        }

        await leaving.ConfigureAwait(false);
        _authentication.Dispose();
    }

    private async Task LeaveAsync(Task connecting)
    {
        Cut();
        await connecting.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    private void Take(Session session)
    {
        if (_session is null)
        {
            _session = session;
            session.Disconnected += (_, _) => End("its SSH server ended the connection");
        }
    }

    private void Cut()
    {
        if (_session is { } session)
        {
            Socket(session)?.Dispose();
        }
    }

    // SSH.NET has no way to end a connection while it waits for the host to take what it sends. Its version is pinned, and a test sees to this field.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket? Socket(Session session);
}
