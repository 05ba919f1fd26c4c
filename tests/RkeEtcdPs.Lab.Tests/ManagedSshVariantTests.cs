using System.Text;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Hosts.InProcess;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>The in-process transport to hosts that differ from the ordinary ones: a user of the docker group, and no docker command.</summary>
[Collection(LabCollection.Name)]
[Trait("Speed", "Long")]
public sealed class ManagedSshVariantTests
{
    [SkippableFact]
    public async Task Docker_group_user_can_save_and_a_host_without_docker_command_is_an_error()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(
            2, host => host with { User = "rke", SshPort = 2222, DockerCli = host.Name == "node1" }));
        HostOptions options = new() { SshConfigPath = lab.Folder.SshConfig, Transport = SshTransport.InProcess };

        Outcome<EtcdSnapshot>[] outcomes = await new Product(lab) { Options = options }.SaveAsync("nightly");

        Assert.True(outcomes[0].Value?.Verified);
        Assert.Contains("-Transport OpenSsh", Assert.IsType<ForwardingForbiddenException>(outcomes[1].Failure).Advice);
        await ManagedSshRemains.AssertNoneAsync(lab.Hosts);
        await Assert_what_is_not_read_is_not_received(lab, options);
        await Assert_user_outside_the_docker_group_is_told_so(lab, options);
    }

    private static async Task Assert_what_is_not_read_is_not_received(Lab lab, HostOptions options)
    {
        const long hold = 4 * 1024 * 1024;
        RkeNode node = new Product(lab).Cluster.Nodes[0];
        await using ManagedSshTransport transport = await ManagedSshTransport.ConnectAsync(node, options, CancellationToken.None);
        await using var stream = (ManagedSshStream)await transport.OpenAsync(CancellationToken.None);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("GET /containers/etcd/archive?path=/usr HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"));
        while (stream.Unread < hold)
        {
            await Task.Delay(50);
        }

        await Task.Delay(TimeSpan.FromSeconds(2));

        Assert.InRange(stream.Unread, hold, 2 * hold);
        long total = 0;
        byte[] buffer = new byte[64 * 1024];
        for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
        {
            total += count;
        }

        Assert.True(total > 2 * hold, $"only {total} bytes came");
    }

    private static async Task Assert_user_outside_the_docker_group_is_told_so(Lab lab, HostOptions options)
    {
        (await lab.Hosts[0].RunAsync("chmod", "0600", "/run/docker.sock")).OrThrow();

        Outcome<EtcdSnapshot> outcome = Assert.Single(await new Product(lab) { Options = options }.SaveAsync("denied", "node1"));

        Assert.IsType<DockerAccessDeniedException>(outcome.Failure);
    }
}
