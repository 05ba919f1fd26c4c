using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>A class of tests of the transport that starts no process, in the shared lab.</summary>
public abstract class ManagedSshTest(LabFixture fixture) : LabTest(fixture)
{
    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    private protected HostOptions InProcess => new() { SshConfigPath = Lab.Folder.SshConfig, Transport = SshTransport.InProcess };

    private protected RkeNode Node() => new Product(Lab).Cluster.Nodes.First(node => node.Address == Lab.Hosts[0].Address);

    private protected async Task<EtcdSnapshotException?> FailAsync(HostOptions options, SshLogin? login = null)
    {
        try
        {
            RkeNode node = Node();
            await using DockerEngine engine = await DockerEngine.ConnectAsync(node with { Login = login ?? node.Login }, options, CancellationToken.None);
            return null;
        }
        catch (EtcdSnapshotException failure)
        {
            return failure;
        }
    }
}
