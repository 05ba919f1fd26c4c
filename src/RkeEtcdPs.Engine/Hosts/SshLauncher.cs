using System.ComponentModel;
using RkeEtcdPs.Engine.Configuration;

namespace RkeEtcdPs.Engine.Hosts;

/// <summary>Starts the ssh client and waits for its login, with typed errors.</summary>
internal static class SshLauncher
{
    /// <exception cref="NodeUnreachableException">There is no ssh client here.</exception>
    public static SshProcess Start(RkeNode node, HostOptions options, IEnumerable<string> arguments, SshPrivateFolder folder)
    {
        try
        {
            return SshProcess.Start(options, arguments, folder);
        }
        catch (Win32Exception error)
        {
            throw new NodeUnreachableException(
                node,
                $"'{options.SshProgram}' cannot be started here",
                "Install the OpenSSH client and make sure that ssh is on PATH.",
                error);
        }
    }

    /// <exception cref="Errors.EtcdSnapshotException">The login failed, or took longer than the limit.</exception>
    public static async Task WaitForLoginAsync(RkeNode node, HostOptions options, SshProcess ssh, CancellationToken cancellationToken)
    {
        // ConnectTimeout ends with the server's banner. The key exchange and the login behind it get as long again.
        TimeSpan limit = options.ConnectTimeout * (node.Bastion is null ? 2 : 4);
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task first = await Task.WhenAny(ssh.LoggedIn, ssh.Ended, Task.Delay(limit, timer.Token)).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (first == ssh.LoggedIn)
        {
            return;
        }

        throw ssh.HasEnded
            ? SshFailure.Classify(node, ssh.Messages)
            : new NodeUnreachableException(node, $"the login did not finish within {limit.TotalSeconds:0} s", "Check the host's SSH server and its load.");
    }
}
