using System.Net;
using System.Net.Sockets;
using System.Text;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.Network;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>The ssh server of a host.</summary>
/// <param name="host">The host.</param>
internal sealed class Sshd(HostDescription host)
{
    /// <summary>The host key's file name in /etc/ssh.</summary>
    internal const string HostKeyName = "ssh_host_ed25519_key";

    private const string Program = "sshd";
    // Sessions are programs of their own from OpenSSH 9.8 on.
    private const string SessionProgram = "sshd-session";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Its processes: the listener and those of the sessions.</summary>
    internal IReadOnlyList<ProcessMark> All =>
        [.. Processes.InNamespaceOf(host.Init.Pid, Program), .. Processes.InNamespaceOf(host.Init.Pid, SessionProgram)];

    /// <summary>sshd_config. What is not said stays as OpenSSH has it, MaxSessions and MaxStartups too.</summary>
    internal static string Configuration(HostConfiguration host) => $"""
        Port {host.SshPort}
        ListenAddress 0.0.0.0
        HostKey /etc/ssh/{HostKeyName}
        PidFile /run/sshd.pid
        AuthorizedKeysFile /etc/ssh/authorized_keys
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        UsePAM no
        UseDNS no
        Subsystem sftp internal-sftp
        AllowStreamLocalForwarding {(host.StreamLocalForwarding ? "yes" : "no")}
        {(host.DockerCli ? "" : $"SetEnv PATH={HostFiles.ProgramsWithoutDocker}\n")}
        """;

    /// <summary>Starts the listener and waits until it greets; does nothing when it runs.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Listener() is not null)
        {
            return;
        }

        await new HostShell(host.Init).StartDaemonAsync("/var/log/sshd.log", [Packages.Find(Program)!, "-D", "-e"], cancellationToken);
        await Wait.UntilAsync(
            $"sshd of {host.Configuration.Name} to greet on port {host.Configuration.SshPort}",
            Limit,
            () => GreetsAsync(cancellationToken),
            () => Tail.OfFile(Path.Combine(host.Folder, "var-log/sshd.log")),
            cancellationToken);
    }

    /// <summary>Kills the listener and, when asked, the sessions; then nobody listens on the port.</summary>
    internal async Task KillAsync(bool sessions, CancellationToken cancellationToken)
    {
        var listener = Listener();
        List<ProcessMark> ended = [.. sessions ? All : [], .. listener is null ? Array.Empty<ProcessMark>() : [listener]];
        ended.ForEach(p => p.Send(Signal.Kill));
        await Wait.UntilAsync(
            $"sshd of {host.Configuration.Name} to end", Limit, () => Task.FromResult(!ended.Any(p => p.IsAlive())), log: null, cancellationToken);
    }

    private ProcessMark? Listener() => All.FirstOrDefault(IsListener);

    private static bool IsListener(ProcessMark process)
    {
        try
        {
            // sshd writes into its command line what each of its processes is.
            return File.ReadAllText($"/proc/{process.Pid}/cmdline").Contains("[listener]", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<bool> GreetsAsync(CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            var endpoint = new IPEndPoint(IPAddress.Loopback, host.Configuration.SshPort);
            await using var stream = await NetworkNamespace.ConnectAsync(host.Init, endpoint, limited.Token);
            var greeting = new byte[4];
            await stream.ReadExactlyAsync(greeting, limited.Token);
            return Encoding.ASCII.GetString(greeting) == "SSH-";
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
