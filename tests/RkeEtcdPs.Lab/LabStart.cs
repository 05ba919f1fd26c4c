using System.Collections.Immutable;
using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.Hosts;
using RkeEtcdPs.Lab.Images;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.Network;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab;

/// <summary>The steps that make a lab.</summary>
/// <param name="configuration">What it is to be like.</param>
/// <param name="log">Takes a line for each step.</param>
internal sealed class LabStart(LabConfiguration configuration, Action<string> log)
{
    /// <summary>The first line of /etc/hosts.</summary>
    internal const string Localhost = "127.0.0.1 localhost\n";

    private readonly LabFolder _folder =
        new(configuration.Folder ?? Path.Combine(LabFolder.Parent, $"{LabFolder.Prefix}{Guid.NewGuid():N}"[..13]));

    /// <summary>Makes it; when that fails, removes what there is of it.</summary>
    internal async Task<Lab> RunAsync(CancellationToken cancellationToken)
    {
        await Packages.EnsureAsync(log, cancellationToken);
        LabRemains.RemoveAbandoned();
        LabRemains.Remove(_folder);
        _folder.Create(configuration.Detached);
        var owner = _folder.ReadClaim()!.Owner;
        var exit = configuration.Detached ? null : new OwnerExit(_folder, owner);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await StartAsync(exit, failed.Token);
        }
        catch
        {
            await failed.CancelAsync();
            LabRemains.Remove(_folder, owner);
            exit?.Dispose();
            throw;
        }
    }

    private async Task<Lab> StartAsync(OwnerExit? exit, CancellationToken cancellationToken)
    {
        var images = Task.Run(() => LabImages.WriteAsync(_folder.Images, cancellationToken), cancellationToken);
        await HostFiles.GenerateKeyAsync(_folder.ClientKey, "lab", cancellationToken);
        var holder = new NamespaceHolder(_folder, configuration.Detached);
        var switchProcess = await holder.StartSwitchAsync(cancellationToken);
        var network = new LabNetwork(switchProcess);
        var instance = await network.ClaimAsync(cancellationToken);
        _folder.Write(_folder.ReadClaim()! with { Instance = instance });
        log($"instance {instance}");

        var addresses = new AddressPlan(instance);
        var plans = HostPlan.Of(configuration, addresses);
        var certificates = Task.Run(() => new ClusterCertificates(plans), cancellationToken);
        ImmutableArray<HostPlan> all = configuration.Bastion ? [.. plans, HostPlan.OfBastion(configuration, addresses)] : plans;
        var hostsFile = Localhost + string.Concat(all.Select(p => $"{p.InternalAddress} {p.Configuration.Name}\n"));
        var described = await Task.WhenAll(all.Select(p => StartHostAsync(_folder, p, holder, network, hostsFile, cancellationToken)));
        log("hosts run");

        var description = new LabDescription
        {
            Instance = instance,
            Configuration = configuration,
            Switch = switchProcess,
            Hosts = [.. described.Take(plans.Length)],
            Bastion = described.Skip(plans.Length).SingleOrDefault(),
        };
        var lab = new Lab(description, _folder, exit);
        await Task.WhenAll([
            .. lab.Hosts.Select(h => h.StartAsync(certificates, images, cancellationToken)),
            .. lab.Bastion is null ? Array.Empty<Task>() : [lab.Bastion.StartSshdAsync(cancellationToken)]]);
        log("containers run");
        await lab.WaitForEtcdAsync(cancellationToken);
        log("etcd is healthy");
        await File.WriteAllTextAsync(_folder.ClusterYml, ClusterYml.Of(description, _folder), cancellationToken);
        SshClientFiles.Write(description, _folder);
        _folder.Write(description);
        return lab;
    }

    /// <summary>Makes the files and namespaces of a host and plugs it in. Nothing runs on it yet.</summary>
    internal static async Task<HostDescription> StartHostAsync(
        LabFolder folder,
        HostPlan plan,
        NamespaceHolder holder,
        LabNetwork network,
        string hostsFile,
        CancellationToken cancellationToken)
    {
        await new HostFiles(folder).CreateAsync(plan.Configuration, hostsFile, cancellationToken);
        var state = folder.OfHost(plan.Configuration.Name);
        var init = await holder.StartHostAsync(plan.Configuration, cancellationToken);
        foreach (var leg in plan.Legs)
        {
            await network.ConnectAsync(init, leg, cancellationToken);
        }

        return new HostDescription
        {
            Configuration = plan.Configuration,
            Address = plan.Address,
            InternalAddress = plan.InternalAddress,
            Ports = [.. plan.Legs.Select(l => l.Port)],
            Init = init,
            Folder = state,
        };
    }
}
