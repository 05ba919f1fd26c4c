using System.ComponentModel;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Starts the ssh client and waits for its login, with typed errors.</summary>
internal static class SshLauncher
{
    // The exit code of the shell that starts ssh, when there is none.
    private const int CommandNotFound = 127;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(15);

    /// <exception cref="NodeUnreachableException">There is no ssh client here.</exception>
    public static SshProcess Start(RkeNode node, HostOptions options, IEnumerable<string> arguments, SshPrivateFolder folder)
    {
        try
        {
            return SshProcess.Start(options, arguments, folder);
        }
        catch (Win32Exception error)
        {
            throw Missing(node, options, error);
        }
    }

    /// <summary>Waits until ssh listens on the socket that it forwards, which it does once it is logged in.</summary>
    /// <exception cref="Errors.EtcdSnapshotException">The login failed, or took longer than the limit.</exception>
    public static async Task WaitForLoginAsync(RkeNode node, HostOptions options, SshProcess ssh, string socket, CancellationToken cancellationToken)
    {
        // ConnectTimeout ends with the server's banner. The key exchange and the login behind it get as long again.
        TimeSpan limit = options.ConnectTimeout * (node.Bastion is null ? 2 : 4);
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limit);
        Task listening = WaitForSocketAsync(socket, timer.Token);
        await Task.WhenAny(listening, ssh.Ended).ConfigureAwait(false);
        bool ready = listening.IsCompletedSuccessfully;
        await timer.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (ready)
        {
            return;
        }

        if (ssh.HasEnded)
        {
            await ssh.Ended.ConfigureAwait(false);
            throw ssh.ExitCode == CommandNotFound
                ? Missing(node, options, null)
                : SshFailure.Classify(node, ssh.Messages);
        }

        throw new NodeUnreachableException(node, $"the login did not finish within {limit.TotalSeconds:0} s", "Check the host's SSH server and its load.");
    }

    // What ssh says of its progress is no sign: behind a bastion, the ssh that goes there says the same of itself before.
    private static async Task WaitForSocketAsync(string socket, CancellationToken cancellationToken)
    {
        while (!File.Exists(socket))
        {
            await Task.Delay(LookEvery, cancellationToken).ConfigureAwait(false);
        }
    }

    private static NodeUnreachableException Missing(RkeNode node, HostOptions options, Exception? error)
        => new(node, $"'{options.SshProgram}' cannot be started here", "Install the OpenSSH client and make sure that ssh is on PATH, or use -Transport InProcess.", error);
}
