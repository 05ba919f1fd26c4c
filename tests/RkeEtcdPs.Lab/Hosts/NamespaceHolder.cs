using System.Diagnostics;
using System.Globalization;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Hosts;

/// <summary>Starts the process that holds the namespaces of a host, or of the switch; its end is their end.</summary>
/// <param name="folder">The lab's folder.</param>
/// <param name="detached">True when the process outlives this one.</param>
internal sealed class NamespaceHolder(LabFolder folder, bool detached)
{
    private const string Log = "init.log";
    private const string PidFile = "init.pid";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What every holder does once all is set up. The first process of a pid namespace must also take over orphans, which bash does only between two commands.</summary>
    private const string Hold = """
        echo "$pid" > "$out/init.pid.new"
        mv "$out/init.pid.new" "$out/init.pid"
        # What it waits by may be killed with all else on the host, as in a power cut.
        set +e
        if [ "$1" = detached ]; then
            while :; do sleep 5; done
        fi
        # Standard input is a pipe from the owner: its end is the owner's end.
        while :; do
            read -r -t 5 _
            [ $? -gt 128 ] || exit 0
        done
        """;

    private const string Switch = """
        set -eu
        exec > "$2/init.log" 2>&1
        pid=$$
        out=$2
        ip link set lo up
        """;

    private const string Host = """
        set -eu
        exec > "$2/init.log" 2>&1
        # /proc is still the machine's: this is the pid that the machine sees.
        read -r pid _ < /proc/self/stat
        mount -t proc proc /proc
        # The folder may lie below a path that is about to be hidden.
        mount --bind "$2" /mnt
        out=/mnt
        mount --bind /mnt/etc /etc
        mount --bind /mnt/opt /opt
        mount --bind /mnt/var-lib /var/lib
        mount --bind /mnt/var-log /var/log
        mount --bind /mnt/home /home
        mount --bind /mnt/root /root
        mount -t tmpfs -o mode=755 tmpfs /run
        mkdir /run/sshd
        mount -t tmpfs -o mode=1777 tmpfs /tmp
        if [ "$4" = own-mount ]; then mount -t tmpfs -o mode=700 tmpfs /var/lib/etcd; fi
        if [ "$5" != 0 ]; then mount -t tmpfs -o mode=755,size="$5" tmpfs /opt/rke; fi
        hostname "$3"
        ip link set lo up
        echo 0 > /proc/sys/net/ipv4/ip_forward
        cd /
        """;

    /// <summary>A network namespace for the bridges.</summary>
    internal Task<ProcessMark> StartSwitchAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder.SwitchFolder);
        return StartAsync("the switch", folder.SwitchFolder, ["--net"], Switch, [], cancellationToken);
    }

    /// <summary>All the namespaces of a host, with its private folders mounted.</summary>
    internal Task<ProcessMark> StartHostAsync(HostConfiguration host, CancellationToken cancellationToken) => StartAsync(
        host.Name,
        folder.OfHost(host.Name),
        ["--net", "--mount", "--uts", "--ipc", "--pid", "--fork"],
        Host,
        [host.Name, host.EtcdOwnMount ? "own-mount" : "", (host.SnapshotDiskBytes ?? 0).ToString(CultureInfo.InvariantCulture)],
        cancellationToken);

    private async Task<ProcessMark> StartAsync(
        string name, string state, string[] namespaces, string script, string[] arguments, CancellationToken cancellationToken)
    {
        // A session of its own, so that Ctrl+C at a terminal does not reach the hosts.
        var start = Command.StartInfo(
            ["setsid", "unshare", .. namespaces, "bash", "-c", script + "\n" + Hold, "essl", detached ? "detached" : "owned", state, .. arguments]);
        var marker = folder.Marker.Split('=', 2);
        start.Environment[marker[0]] = marker[1];
        using var process = Process.Start(start)!;
        if (detached)
        {
            process.StandardInput.Close();
        }
        else
        {
            OwnerPipes.Add(process.StandardInput);
        }

        await Wait.UntilAsync(
            $"the namespaces of {name}",
            Limit,
            () => Task.FromResult(File.Exists(Path.Combine(state, PidFile))),
            () => Tail.OfFile(Path.Combine(state, Log)),
            cancellationToken);
        var pid = int.Parse(await File.ReadAllTextAsync(Path.Combine(state, PidFile), cancellationToken), CultureInfo.InvariantCulture);
        return ProcessMark.Of(pid) ?? throw new LabException($"{name} ended at once: {Tail.OfFile(Path.Combine(state, Log))}");
    }
}
