using System.Globalization;
using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.Hosts;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.Network;

namespace RkeEtcdPs.Lab;

/// <summary>What can be done to a host. <see cref="ResetAsync"/> undoes all of it.</summary>
public sealed partial class LabHost
{
    private const string Filler = "/opt/rke/.filler";
    private const int MostFills = 10;
    private static readonly TimeSpan EtcdLimit = TimeSpan.FromSeconds(120);

    private string HostKey => PathOf($"/etc/ssh/{Sshd.HostKeyName}");

    private string OriginalHostKey => Path.Combine(Description.Folder, Sshd.HostKeyName);

    /// <summary>Pulls the plugs of its interfaces: whoever talks to it gets no answer any more, and no error either.</summary>
    public Task LinkDownAsync(CancellationToken cancellationToken = default) => SetLinkAsync(up: false, cancellationToken);

    /// <summary>Puts the plugs in again.</summary>
    public Task LinkUpAsync(CancellationToken cancellationToken = default) => SetLinkAsync(up: true, cancellationToken);

    /// <summary>Gives the link by which it is reached a speed, in both directions: without it the machine's memory is the network.</summary>
    public Task LimitLinkAsync(long bitsPerSecond, CancellationToken cancellationToken = default)
        => new LabNetwork(_lab.Switch).SetSpeedAsync(Description.Init, Description.Ports[0], bitsPerSecond, cancellationToken);

    /// <summary>Freezes sshd and its sessions: the kernel still accepts connections, and then nothing comes.</summary>
    public Task StopSshdAsync() => SignalSshd(Signal.Stop);

    /// <summary>Lets sshd and its sessions go on.</summary>
    public Task ResumeSshdAsync() => SignalSshd(Signal.Continue);

    /// <summary>Kills sshd and its sessions: connections break, and new ones are refused.</summary>
    public Task KillSshdAsync(CancellationToken cancellationToken = default) => _sshd.KillAsync(sessions: true, cancellationToken);

    /// <summary>Starts sshd; does nothing when it runs.</summary>
    public Task StartSshdAsync(CancellationToken cancellationToken = default) => _sshd.StartAsync(cancellationToken);

    /// <summary>Kills dockerd, as a crash does; its containers run on until it starts again.</summary>
    public Task KillDockerdAsync(CancellationToken cancellationToken = default) => _engine.KillAsync(cancellationToken);

    /// <summary>Kills everything that runs on it at once, as a power cut does. <see cref="BootAsync"/> starts it again.</summary>
    public async Task PowerOffAsync(CancellationToken cancellationToken = default)
        => (await RunAsync(["sh", "-c", "kill -9 -1"], cancellationToken)).OrThrow();

    /// <summary>Ends it for good: its namespaces go, and with them its address and all that ran there. Only the lab's end follows; no reset brings it back.</summary>
    public Task DestroyAsync(CancellationToken cancellationToken = default)
    {
        Description.Init.Send(Signal.Kill);
        return Wait.UntilAsync($"{Name} to be gone", EtcdLimit, () => Task.FromResult(!Description.Init.IsAlive()), () => "", cancellationToken);
    }

    /// <summary>Starts sshd and dockerd, which starts what has a restart policy, as at boot.</summary>
    public async Task BootAsync(CancellationToken cancellationToken = default)
    {
        await StartSshdAsync(cancellationToken);
        await StartDockerdAsync(cancellationToken);
    }

    /// <summary>Starts dockerd and waits until it answers; does nothing when it runs.</summary>
    public Task StartDockerdAsync(CancellationToken cancellationToken = default) => _engine.StartAsync(cancellationToken);

    /// <summary>Stops the etcd container; it stays stopped.</summary>
    public Task StopEtcdAsync(CancellationToken cancellationToken = default) => _engine.MustRunAsync(["stop", EtcdContainer.Name], cancellationToken);

    /// <summary>Starts the etcd container and waits until the member is healthy, which needs a quorum.</summary>
    public async Task StartEtcdAsync(CancellationToken cancellationToken = default)
    {
        await _engine.MustRunAsync(["start", EtcdContainer.Name], cancellationToken);
        await WaitForEtcdAsync(EtcdLimit, cancellationToken);
    }

    /// <summary>Waits until the member is healthy, which needs a quorum.</summary>
    /// <exception cref="LabException">It was not within the limit; the message has the end of its log.</exception>
    public Task WaitForEtcdAsync(TimeSpan limit, CancellationToken cancellationToken = default) => Wait.UntilAsync(
        $"etcd of {Name} to be healthy",
        limit,
        async () => (await EtcdctlAsync(["endpoint", "health", "--dial-timeout=2s", "--command-timeout=2s"], cancellationToken)).Succeeded,
        () => Tail.Of(_engine.RunAsync(["logs", "--tail", "15", EtcdContainer.Name]).GetAwaiter().GetResult().StandardError),
        cancellationToken);

    /// <summary>Fills /opt/rke, which must have a disk of its own (<see cref="HostConfiguration.SnapshotDiskBytes"/>).</summary>
    /// <param name="leaveBytes">How many bytes are left free.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidOperationException">/opt/rke is on the machine's disk, which the lab does not fill.</exception>
    public async Task FillDiskAsync(long leaveBytes = 0, CancellationToken cancellationToken = default)
    {
        if (Description.Configuration.SnapshotDiskBytes is null)
        {
            throw new InvalidOperationException($"/opt/rke of {Name} has no disk of its own");
        }

        for (var attempt = 1; ; attempt++)
        {
            FreeDisk();
            var free = (await RunAsync(["stat", "--file-system", "--format=%a %S", "/opt/rke"], cancellationToken)).OrThrow().StandardOutput.Split(' ');
            var bytes = long.Parse(free[0], CultureInfo.InvariantCulture) * long.Parse(free[1], CultureInfo.InvariantCulture) - leaveBytes;
            if (bytes <= 0)
            {
                return;
            }

            var filled = await RunAsync(["fallocate", "--length", bytes.ToString(CultureInfo.InvariantCulture), Filler], cancellationToken);
            if (filled.Succeeded)
            {
                return;
            }

            // Somebody wrote there between the look and the filling.
            if (attempt == MostFills)
            {
                filled.OrThrow();
            }
        }
    }

    /// <summary>Takes back what <see cref="FillDiskAsync"/> filled.</summary>
    public void FreeDisk() => File.Delete(PathOf(Filler));

    /// <summary>Gives sshd another host key, as a host that was set up anew has; known_hosts keeps the old one.</summary>
    public async Task ChangeHostKeyAsync(CancellationToken cancellationToken = default)
    {
        if (!File.Exists(OriginalHostKey))
        {
            File.Copy(HostKey, OriginalHostKey);
            File.Copy(HostKey + ".pub", OriginalHostKey + ".pub");
        }

        await HostFiles.GenerateKeyAsync(HostKey, Name, cancellationToken);
        await RestartSshdAsync(cancellationToken);
    }

    /// <summary>Gives sshd its first host key again; does nothing when it has it.</summary>
    public async Task RestoreHostKeyAsync(CancellationToken cancellationToken = default)
    {
        if (File.Exists(OriginalHostKey))
        {
            File.Move(OriginalHostKey, HostKey, overwrite: true);
            File.Move(OriginalHostKey + ".pub", HostKey + ".pub", overwrite: true);
            await RestartSshdAsync(cancellationToken);
        }
    }

    private async Task RestartSshdAsync(CancellationToken cancellationToken)
    {
        await _sshd.KillAsync(sessions: false, cancellationToken);
        await _sshd.StartAsync(cancellationToken);
    }

    private Task SignalSshd(Signal signal)
    {
        foreach (var process in _sshd.All)
        {
            process.Send(signal);
        }

        return Task.CompletedTask;
    }

    private async Task SetLinkAsync(bool up, CancellationToken cancellationToken)
    {
        var network = new LabNetwork(_lab.Switch);
        foreach (var port in Description.Ports)
        {
            await network.SetPortAsync(port, up, cancellationToken);
        }
    }
}
