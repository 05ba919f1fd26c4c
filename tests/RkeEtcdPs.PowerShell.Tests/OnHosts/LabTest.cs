using RkeEtcdPs.Lab;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.OnHosts;

/// <summary>A class of tests in the shared lab. Every test begins with its hosts in their initial state.</summary>
[Collection(LabCollection.Name)]
public abstract class LabTest(LabFixture fixture) : IAsyncLifetime
{
    /// <summary>The lab; ends a test as skipped when the machine cannot hold one.</summary>
    protected Lab.Lab Lab => fixture.Lab;

    /// <inheritdoc />
    public Task InitializeAsync() => fixture.PrepareAsync();

    /// <inheritdoc />
    public virtual Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Writes the cluster.yml of a cluster that has one of the hosts and no other, named after it, and gives its path.</summary>
    protected string ClusterOf(LabHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        string path = Path.Combine(Lab.Folder.Root, $"{host.Name}.yml");
        File.WriteAllText(
            path,
            $"""
            cluster_name: only-{host.Name}
            ssh_key_path: {Lab.Folder.ClientKey}
            nodes:
              - address: {host.Address}
                hostname_override: {host.Name}
                user: {host.User}
                role: [controlplane, etcd, worker]
            """);
        return path;
    }

    private protected static string FileOf(LabHost host, string snapshot) => Path.Combine(host.SnapshotFolder, snapshot);
}
