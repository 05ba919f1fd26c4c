using System.Collections.Immutable;
using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.Hosts;
using RkeEtcdPs.Lab.Network;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab;

/// <summary>Hosts that come to a lab that is up.</summary>
public sealed partial class Lab
{
    private readonly Lock _adding = new();
    private ImmutableList<HostDescription> _added = [];
    private int _numbers;

    /// <summary>
    /// Adds a host at an address of its own, on which sshd and a Docker engine run and nothing else. It is not among <see cref="Hosts"/>, which are those
    /// that the lab started with, and not in cluster.yml; ssh clients know it.
    /// </summary>
    /// <param name="name">Its host name.</param>
    /// <param name="change">Changes what it is to be like; null for an ordinary new host.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public async Task<LabHost> AddBareHostAsync(string name, Func<HostConfiguration, HostConfiguration>? change = null, CancellationToken cancellationToken = default)
    {
        var configuration = new HostConfiguration(name) { Bare = true };
        configuration = change?.Invoke(configuration) ?? configuration;
        var plan = HostPlan.Of(configuration, Description.Hosts.Length + Interlocked.Increment(ref _numbers) - 1, Description.Configuration, new AddressPlan(Description.Instance));
        var holder = new NamespaceHolder(Folder, Description.Configuration.Detached);
        var hostsFile = $"{LabStart.Localhost}{plan.InternalAddress} {name}\n";
        var described = await LabStart.StartHostAsync(Folder, plan, holder, new LabNetwork(Description.Switch), hostsFile, cancellationToken);
        lock (_adding)
        {
            _added = _added.Add(described);
            SshClientFiles.Write(Description with { Hosts = Description.Hosts.AddRange(_added) }, Folder);
        }

        var host = new LabHost(described, Description, Folder);
        await host.BootAsync(cancellationToken);
        return host;
    }

    /// <summary>Writes cluster.yml anew, with these hosts.</summary>
    /// <param name="hosts">In its order.</param>
    public void WriteClusterYml(params IEnumerable<LabHost> hosts) =>
        File.WriteAllText(Folder.ClusterYml, ClusterYml.Of(Description with { Hosts = [.. hosts.Select(h => h.Description)] }, Folder));
}
