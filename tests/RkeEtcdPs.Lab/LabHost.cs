using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.Hosts;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab;

/// <summary>One running host of a lab. Nothing here goes over ssh, so all of it also works while ssh, Docker or the link do not.</summary>
public sealed partial class LabHost
{
    private readonly LabDescription _lab;
    private readonly LabFolder _folder;
    private readonly HostShell _shell;
    private readonly DockerEngine _engine;
    private readonly Sshd _sshd;
    private readonly HostContainers _containers;

    internal LabHost(HostDescription description, LabDescription lab, LabFolder folder)
    {
        Description = description;
        _lab = lab;
        _folder = folder;
        _shell = new HostShell(description.Init);
        _engine = new DockerEngine(description, lab.Instance);
        _sshd = new Sshd(description);
        _containers = new HostContainers(description, lab, _engine);
    }

    /// <summary>Addresses, pid, folder and what it was to be like.</summary>
    public HostDescription Description { get; }

    /// <summary>Its host name, which is <c>hostname_override</c> in cluster.yml.</summary>
    public string Name => Description.Configuration.Name;

    /// <summary>Where ssh reaches it: an IPv4 address.</summary>
    public string Address => Description.Address;

    /// <summary>Where the other hosts reach it.</summary>
    public string InternalAddress => Description.InternalAddress;

    /// <summary>The port of sshd.</summary>
    public int Port => Description.Configuration.SshPort;

    /// <summary>Who logs in.</summary>
    public string User => Description.Configuration.User;

    /// <summary>True when an etcd member runs on it.</summary>
    public bool HasEtcd => Description.Configuration.HasEtcd;

    /// <summary>The engine's socket, for Docker clients on the machine; ends with the host.</summary>
    public string DockerSocket => _engine.Socket;

    /// <summary>The folder of snapshots, as <see cref="PathOf"/> gives it; it need not exist.</summary>
    public string SnapshotFolder => PathOf("/opt/rke/etcd-snapshots");

    /// <summary>Where a program on the machine finds a file of the host, in any of its mounts.</summary>
    /// <param name="path">An absolute path in the host, without symbolic links to absolute paths (so /run, not /var/run).</param>
    public string PathOf(string path) => $"/proc/{Description.Init.Pid}/root{path}";

    /// <summary>Runs a program of the machine as root inside the host's namespaces.</summary>
    /// <param name="program">Found on PATH; no shell.</param>
    /// <param name="arguments">Its arguments.</param>
    public Task<CommandResult> RunAsync(string program, params string[] arguments) => RunAsync([program, .. arguments], CancellationToken.None);

    /// <summary>Runs a program of the machine as root inside the host's namespaces.</summary>
    /// <param name="commandLine">The program and its arguments.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public Task<CommandResult> RunAsync(IReadOnlyList<string> commandLine, CancellationToken cancellationToken) =>
        _shell.RunAsync(commandLine, cancellationToken: cancellationToken);

    /// <summary>Runs the docker CLI against the host's engine.</summary>
    public Task<CommandResult> DockerAsync(params string[] arguments) => DockerAsync(arguments, CancellationToken.None);

    /// <summary>Runs the docker CLI against the host's engine.</summary>
    public Task<CommandResult> DockerAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        _engine.RunAsync(arguments, cancellationToken: cancellationToken);

    /// <summary>Runs etcdctl (API 3) against the host's own member, with the cluster's certificates.</summary>
    public Task<CommandResult> EtcdctlAsync(params string[] arguments) => EtcdctlAsync(arguments, CancellationToken.None);

    /// <summary>Runs etcdctl (API 3) against the host's own member, with the cluster's certificates.</summary>
    public Task<CommandResult> EtcdctlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        const string ssl = "/etc/kubernetes/ssl";
        var certificate = $"{ssl}/{ClusterCertificates.EtcdName(InternalAddress)}";
        string[] etcdctl =
        [
            "env", "ETCDCTL_API=3", "etcdctl", $"--endpoints=https://{InternalAddress}:2379", $"--cacert={ssl}/kube-ca.pem",
            $"--cert={certificate}.pem", $"--key={certificate}-key.pem", .. arguments,
        ];
        return _shell.RunAsync(etcdctl, cancellationToken: cancellationToken);
    }

    /// <summary>Puts a key.</summary>
    public async Task PutAsync(string key, string value, CancellationToken cancellationToken = default) =>
        (await EtcdctlAsync(["put", key, value], cancellationToken)).OrThrow();

    /// <summary>The value of a key; null when there is none.</summary>
    public async Task<string?> GetAsync(string key, CancellationToken cancellationToken = default)
    {
        var got = (await EtcdctlAsync(["get", key, "--print-value-only"], cancellationToken)).OrThrow().StandardOutput;
        return got.Length == 0 ? null : got.TrimEnd('\n');
    }

    /// <summary>The keys that begin so, in their order; all keys for an empty prefix.</summary>
    public async Task<IReadOnlyList<string>> GetKeysAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        (await EtcdctlAsync(["get", prefix, "--prefix", "--keys-only"], cancellationToken)).OrThrow()
            .StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Raises etcd's alarm NOSPACE for a member, as when its database has reached its quota. `alarm disarm` ends it.</summary>
    public async Task RaiseNoSpaceAlarmAsync(ulong member, CancellationToken cancellationToken = default)
    {
        using var gateway = new EtcdGateway(Description);
        await gateway.RaiseNoSpaceAlarmAsync(member, cancellationToken);
    }

    /// <summary>Writes random values into etcd, about 10 MB a second.</summary>
    /// <param name="bytes">How many bytes of values.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async Task FillAsync(long bytes, CancellationToken cancellationToken = default)
    {
        using var gateway = new EtcdGateway(Description);
        await gateway.FillAsync("/registry/lab/fill-", bytes, cancellationToken);
    }
}
