using System.Net.Sockets;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>What a product finds on the hosts of a lab.</summary>
public sealed class HostTests(LabFixture fixture) : LabTest(fixture)
{
    [SkippableFact]
    public async Task Three_members_form_a_healthy_cluster_with_verified_certificates()
    {
        foreach (var host in Lab.Hosts)
        {
            var health = await host.EtcdctlAsync("endpoint", "health", "--cluster");
            Assert.True(health.Succeeded, health.StandardError);
            Assert.Equal(3, (health.StandardOutput + health.StandardError).Split("is healthy").Length - 1);
        }
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task What_one_member_is_given_the_others_have()
    {
        await Lab.Hosts[0].PutAsync("/registry/a", "1");
        Assert.Equal("1", await Lab.Hosts[2].GetAsync("/registry/a"));
        Assert.Equal(["/registry/a"], await Lab.Hosts[1].GetKeysAsync("/registry/"));
    }

    [SkippableFact]
    public async Task Ssh_logs_in_with_the_written_configuration()
    {
        foreach (var host in Lab.Hosts)
        {
            var (exitCode, output, error) = await new SshClient(Lab).RunAsync(host.Name, "hostname");
            Assert.True(exitCode == 0, error);
            Assert.Equal(host.Name, output.Trim());
        }
    }

    [SkippableFact]
    public async Task Docker_answers_through_a_forwarded_unix_socket()
    {
        var socket = Path.Combine(Lab.Folder.Root, "forwarded.sock");
        using var ssh = new SshClient(Lab).Start("-N", "-L", $"{socket}:/var/run/docker.sock", Lab.Hosts[0].Name);
        try
        {
            using var client = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (_, token) => await ConnectAsync(socket, token),
            });
            var containers = await client.GetStringAsync(new Uri("http://docker/containers/json?all=1"));
            Assert.Contains("service-sidekick", containers, StringComparison.Ordinal);
            Assert.Contains("io.rancher.rke.container.name", containers, StringComparison.Ordinal);
        }
        finally
        {
            ssh.Kill();
        }
    }

    [SkippableFact]
    public async Task Every_host_has_the_containers_of_its_roles()
    {
        foreach (var host in Lab.Hosts)
        {
            var listed = (await host.DockerAsync("ps", "--format", "{{.Names}}")).StandardOutput;
            Assert.Equal(
                ["etcd", "kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubelet"],
                listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        }
    }

    [SkippableFact]
    public async Task A_component_ends_at_once_when_it_is_told_to()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        (await Lab.Hosts[0].DockerAsync("restart", "--time", "120", "kube-apiserver")).OrThrow();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static async Task<Stream> ConnectAsync(string socket, CancellationToken cancellationToken)
    {
        for (var attempt = 0; !File.Exists(socket) && attempt < 200; attempt++)
        {
            await Task.Delay(50, cancellationToken);
        }

        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
        return new NetworkStream(connection, ownsSocket: true);
    }
}
