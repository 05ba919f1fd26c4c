using RkeEtcdPs.Lab.Hosts;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab;

/// <summary>A running cluster of real hosts on this machine.</summary>
public sealed partial class Lab : IAsyncDisposable
{
    private static readonly TimeSpan EtcdLimit = TimeSpan.FromSeconds(180);
    private readonly OwnerExit? _exit;
    private readonly ProcessMark? _owner;

    internal Lab(LabDescription description, LabFolder folder, OwnerExit? exit)
    {
        Description = description;
        Folder = folder;
        _exit = exit;
        _owner = folder.ReadClaim()?.Owner;
        Hosts = [.. description.Hosts.Select(h => new LabHost(h, description, folder))];
        Bastion = description.Bastion is null ? null : new LabHost(description.Bastion, description, folder);
    }

    /// <summary>Why this machine cannot hold a lab at all, such as a missing right; null when it can.</summary>
    public static string? UnavailableReason => Packages.UnavailableReason;

    /// <summary>What lab.json says.</summary>
    public LabDescription Description { get; }

    /// <summary>Where cluster.yml, known_hosts, ssh_config and the key are.</summary>
    public LabFolder Folder { get; }

    /// <summary>The hosts, in the order of cluster.yml.</summary>
    public IReadOnlyList<LabHost> Hosts { get; }

    /// <summary>Those with etcd.</summary>
    public IReadOnlyList<LabHost> EtcdHosts => [.. Hosts.Where(h => h.HasEtcd)];

    /// <summary>The bastion, which has sshd and nothing else; null when there is none.</summary>
    public LabHost? Bastion { get; }

    /// <summary>The host of that name.</summary>
    public LabHost this[string name] => Hosts.First(h => h.Name == name);

    /// <summary>Makes a lab and waits until its etcd is healthy. When it fails, nothing of it is left.</summary>
    /// <param name="configuration">What it is to be like.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="LabUnavailableException">This machine cannot hold a lab.</exception>
    /// <exception cref="LabException">Something did not come up.</exception>
    public static Task<Lab> StartAsync(LabConfiguration configuration, CancellationToken cancellationToken = default) =>
        StartAsync(configuration, _ => { }, cancellationToken);

    /// <summary>As <see cref="StartAsync(LabConfiguration, CancellationToken)"/>.</summary>
    /// <param name="configuration">What it is to be like.</param>
    /// <param name="log">Takes a line for each step.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<Lab> StartAsync(LabConfiguration configuration, Action<string> log, CancellationToken cancellationToken = default) =>
        new LabStart(configuration, log).RunAsync(cancellationToken);

    /// <summary>The lab that runs in a folder; null when none does. Disposing of it takes that lab down.</summary>
    public static Lab? Attach(LabFolder folder) =>
        folder.ReadDescription() is { } description && description.IsAlive() ? new Lab(description, folder, exit: null) : null;

    /// <summary>
    /// Brings every host back to its initial state: see <see cref="LabHost.ResetAsync"/>. etcd is emptied; where a member, its data folder or
    /// its container was replaced, a member was added, or it grew large, or it does not become healthy, the etcd cluster is made anew.
    /// </summary>
    public async Task ResetAsync(CancellationToken cancellationToken = default)
    {
        await OnAllAsync(Hosts, h => h.ResetAsync(cancellationToken));
        if (!await TryEmptyEtcdAsync(cancellationToken))
        {
            await OnAllAsync(EtcdHosts, h => h.RemoveEtcdAsync(cancellationToken));
            await OnAllAsync(EtcdHosts, h => h.EnsureContainersAsync(cancellationToken));
            await WaitForEtcdAsync(EtcdLimit, cancellationToken);
        }
    }

    /// <summary>False once somebody has begun to take it down, also when another lab is in its folder since.</summary>
    internal bool IsUp => _owner is not null && Folder.ReadClaim()?.Owner == _owner && File.Exists(Folder.LabJson);

    /// <summary>Takes the lab down; nothing of it is left. Another one that is in its folder since stays.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_owner is not null)
        {
            await Task.Run(() => LabRemains.Remove(Folder, _owner));
        }

        _exit?.Dispose();
    }

    /// <summary>Waits for the first health of every member, and notes what the cluster is.</summary>
    internal Task WaitForEtcdAsync(CancellationToken cancellationToken) => WaitForEtcdAsync(EtcdLimit, cancellationToken);

    private async Task WaitForEtcdAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        await OnAllAsync(EtcdHosts, h => h.WaitForEtcdAsync(limit, cancellationToken));
        await OnAllAsync(EtcdHosts, h => h.NoteEtcdAsync(cancellationToken));
    }

    private async Task<bool> TryEmptyEtcdAsync(CancellationToken cancellationToken)
    {
        var original = await Task.WhenAll(EtcdHosts.Select(h => h.HasOriginalEtcdAsync(cancellationToken)));
        if (original.Contains(false))
        {
            return false;
        }

        try
        {
            await OnAllAsync(EtcdHosts, h => h.WaitForEtcdAsync(TimeSpan.FromSeconds(60), cancellationToken));
            Task<CommandResult> members = EtcdHosts[0].EtcdctlAsync(["member", "list"], cancellationToken);
            (await EtcdHosts[0].EtcdctlAsync(["del", "", "--prefix"], cancellationToken)).OrThrow();
            // One more is a stranger that a test added and could not remove.
            return (await members).OrThrow().StandardOutput.Trim().Split('\n').Length == EtcdHosts.Count;
        }
        catch (LabException)
        {
            return false;
        }
    }

    private static Task OnAllAsync(IReadOnlyList<LabHost> hosts, Func<LabHost, Task> action) => Task.WhenAll(hosts.Select(action));
}
