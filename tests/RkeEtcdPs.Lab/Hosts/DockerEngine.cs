using System.Globalization;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>The Docker engine of a host.</summary>
/// <param name="host">The host.</param>
/// <param name="instance">The lab's instance number, for the name of its cgroups.</param>
internal sealed class DockerEngine(HostDescription host, int instance)
{
    private const string Program = "dockerd";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>The engine's socket as the machine sees it. The path leads into the host's own mounts, and ends with the host.</summary>
    internal string Socket => $"/proc/{host.Init.Pid}/root/run/docker.sock";

    private string Log => Path.Combine(host.Folder, "var-log/dockerd.log");

    /// <summary>Runs the docker CLI of the machine against this engine.</summary>
    internal Task<CommandResult> RunAsync(IReadOnlyList<string> arguments, TimeSpan? limit = null, CancellationToken cancellationToken = default) =>
        Command.RunAsync(["docker", "--host", $"unix://{Socket}", .. arguments], limit: limit, cancellationToken: cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, and the command must succeed.</summary>
    /// <returns>What it said, trimmed.</returns>
    internal async Task<string> MustRunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        (await RunAsync(arguments, cancellationToken: cancellationToken)).OrThrow().StandardOutput.Trim();

    /// <summary>Starts dockerd, which starts its own containerd, and waits until it answers; does nothing when it runs.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (Processes.InNamespaceOf(host.Init.Pid, Program).Count == 0)
        {
            // The files a killed engine leaves name pids that other processes have by now.
            var shell = new HostShell(host.Init);
            string[] remains = ["/run/docker.sock", "/run/docker.pid", "/run/docker/containerd/containerd.pid"];
            (await shell.RunAsync(["rm", "-f", .. remains], cancellationToken: cancellationToken)).OrThrow();
            await shell.StartDaemonAsync("/var/log/dockerd.log", CommandLine(), cancellationToken);
        }

        await Wait.UntilAsync(
            $"dockerd of {host.Configuration.Name} to answer",
            Limit,
            async () => File.Exists(Socket) && (await RunAsync(["version"], cancellationToken: cancellationToken)).Succeeded,
            () => Tail.OfFile(Log),
            cancellationToken);
    }

    /// <summary>Kills dockerd, as a crash does. Its containers run on until it starts again.</summary>
    internal async Task KillAsync(CancellationToken cancellationToken)
    {
        var processes = Processes.InNamespaceOf(host.Init.Pid, Program);
        foreach (var process in processes)
        {
            process.Send(Signal.Kill);
        }

        await Wait.UntilAsync(
            $"dockerd of {host.Configuration.Name} to end",
            Limit,
            () => Task.FromResult(!processes.Any(p => p.IsAlive())),
            () => Tail.OfFile(Log),
            cancellationToken);
    }

    private string[] CommandLine() =>
    [
        Packages.Find(Program)!,
        "--bridge=none",
        "--iptables=false",
        "--ip-forward=false",
        "--ip-masq=false",
        "--userland-proxy=false",
        "--exec-opt=native.cgroupdriver=cgroupfs",
        string.Create(CultureInfo.InvariantCulture, $"--cgroup-parent=/{LabFolder.Prefix}{instance}/{host.Configuration.Name}"),
        "--shutdown-timeout=5",
    ];
}
