using RkeEtcdPs.Engine.Configuration;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>That hosts can differ in the ways that matter to the product.</summary>
[Trait("Speed", "Long")]
public sealed class VariantTests
{
    [SkippableFact]
    public async Task A_user_in_the_group_docker_works_over_stdio_where_forwarding_is_forbidden()
    {
        await using var lab = await LabVariants.StartAsync(
            LabVariants.OneHost(h => h with { User = "deploy", SshPort = 2222, StreamLocalForwarding = false }));
        var ssh = new SshClient(lab);

        var (_, groups, error) = await ssh.RunAsync("-p", "2222", $"deploy@{lab.Hosts[0].Address}", "id -nG");
        Assert.True(groups.Trim() == "deploy docker", error + groups);
        Assert.NotEqual(0, (await ssh.RunAsync("node1", "ls /opt/rke/etcd-snapshots /root")).ExitCode);
        Assert.Equal(0, (await ssh.RunAsync("node1", "docker version")).ExitCode);

        var socket = Path.Combine(lab.Folder.Root, "refused.sock");
        using var tunnel = ssh.Start("-N", "-L", $"{socket}:/var/run/docker.sock", "-o", "ExitOnForwardFailure=yes", "node1");
        // ssh itself stays: it learns of the refusal with the first connection.
        await Task.Delay(TimeSpan.FromSeconds(1));
        using var client = System.Diagnostics.Process.Start("docker", ["--host", $"unix://{socket}", "version"]);
        await client.WaitForExitAsync();
        Assert.NotEqual(0, client.ExitCode);
        tunnel.Kill();

        var (exitCode, dialled, dialError) = await ssh.RunAsync("node1", "printf 'GET /_ping HTTP/1.0\\r\\n\\r\\n' | docker system dial-stdio");
        Assert.True(exitCode == 0, dialError);
        Assert.Contains("200 OK", dialled, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_host_without_the_docker_cli_has_a_small_disk_and_etcd_on_a_mount()
    {
        const int disk = 32 * 1024 * 1024;
        await using var lab = await LabVariants.StartAsync(
            LabVariants.OneHost(h => h with { DockerCli = false, SnapshotDiskBytes = disk, EtcdOwnMount = true }));
        var host = lab.Hosts[0];

        Assert.Equal(127, (await new SshClient(lab).RunAsync("node1", "docker version")).ExitCode);
        Assert.False((await host.RunAsync("mv", "/var/lib/etcd", "/var/lib/etcd.old")).Succeeded);

        await host.FillDiskAsync(leaveBytes: 1024 * 1024);
        string[] write = ["if=/dev/zero", "of=/opt/rke/snapshot", "bs=1M", "count=2"];
        Assert.Contains("No space left", (await host.RunAsync("dd", write)).StandardError, StringComparison.Ordinal);
        host.FreeDisk();
        (await host.RunAsync("dd", write)).OrThrow();

        await lab.ResetAsync();
        Assert.Empty(Directory.GetFileSystemEntries(host.PathOf("/opt/rke")));
    }

    [SkippableFact]
    public async Task Hosts_behind_a_bastion_are_reached_only_through_it()
    {
        await using var lab = await LabVariants.StartAsync(LabVariants.OneHost() with { Bastion = true, EtcdShell = false });
        var ssh = new SshClient(lab);
        var host = lab.Hosts[0];

        Assert.Equal(255, (await ssh.RunAsync($"root@{host.Address}", "true")).ExitCode);
        var (exitCode, name, error) = await ssh.RunAsync("-J", $"root@{lab.Bastion!.Address}", $"root@{host.Address}", "hostname");
        Assert.True(exitCode == 0, error);
        Assert.Equal("node1", name.Trim());
        Assert.Contains("bastion_host:", await File.ReadAllTextAsync(lab.Folder.ClusterYml), StringComparison.Ordinal);

        Assert.False((await host.DockerAsync("exec", "etcd", "sh", "-c", "true")).Succeeded);
        (await host.DockerAsync("exec", "etcd", "etcdctl", "endpoint", "health")).OrThrow();
        await host.FillAsync(2_000_000);
        Assert.NotEmpty(await host.GetKeysAsync());
    }

    [SkippableFact]
    public async Task Members_talk_on_the_internal_network_and_a_worker_has_none()
    {
        await using var lab = await LabVariants.StartAsync(LabVariants.OneHost().AndWorker() with { InternalNetwork = true });
        var (host, worker) = (lab.Hosts[0], lab["worker1"]);

        Assert.NotEqual(host.Address, host.InternalAddress);
        Assert.Contains($"https://{host.InternalAddress}:2380", (await host.EtcdctlAsync("member", "list")).StandardOutput, StringComparison.Ordinal);
        Assert.True((await worker.RunAsync("bash", "-c", $"exec 3<>/dev/tcp/{host.InternalAddress}/2379")).Succeeded);
        Assert.False((await worker.RunAsync("bash", "-c", $"exec 3<>/dev/tcp/{host.Address}/2379")).Succeeded);

        Assert.Equal(NodeRoles.Worker, worker.Description.Configuration.Roles);
        var containers = (await worker.DockerAsync("ps", "--format", "{{.Names}}")).StandardOutput;
        Assert.Equal(["kube-proxy", "kubelet", "nginx-proxy"], containers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.False(File.Exists(worker.PathOf("/etc/kubernetes/ssl/kube-ca-key.pem")));
        Assert.Equal(0, (await new SshClient(lab).RunAsync("worker1", "true")).ExitCode);
    }
}
