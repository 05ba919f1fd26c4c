using System.Net.Sockets;
using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>That faults are what they say, and that reset undoes them.</summary>
public sealed class FaultTests(LabFixture fixture) : LabTest(fixture)
{
    [SkippableFact]
    public async Task A_host_whose_link_is_down_does_not_answer()
    {
        var host = Lab.Hosts[0];
        await host.LinkDownAsync();
        Assert.False(await GreetsAsync(host));

        await Lab.ResetAsync();
        Assert.True(await GreetsAsync(host));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task A_stopped_sshd_accepts_and_is_silent()
    {
        var host = Lab.Hosts[0];
        await host.StopSshdAsync();
        using var connection = new TcpClient();
        await connection.ConnectAsync(host.Address, host.Port);
        Assert.False(await GreetsAsync(host));

        await host.ResumeSshdAsync();
        Assert.True(await GreetsAsync(host));
    }

    [SkippableFact]
    public async Task A_killed_sshd_refuses()
    {
        var host = Lab.Hosts[0];
        await host.KillSshdAsync();
        using var connection = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => connection.ConnectAsync(host.Address, host.Port));

        await Lab.ResetAsync();
        Assert.True(await GreetsAsync(host));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task A_killed_engine_does_not_answer_while_its_etcd_runs_on()
    {
        var host = Lab.Hosts[0];
        await host.KillDockerdAsync();
        Assert.False((await host.DockerAsync("version")).Succeeded);
        Assert.True((await host.EtcdctlAsync("endpoint", "health")).Succeeded);

        await Lab.ResetAsync();
        Assert.True((await host.EtcdctlAsync("endpoint", "health")).Succeeded);
        Assert.True((await host.DockerAsync("exec", "etcd", "true")).Succeeded);
    }

    [SkippableFact]
    public async Task A_stopped_etcd_stays_stopped_until_it_is_started()
    {
        var host = Lab.Hosts[2];
        await host.StopEtcdAsync();
        Assert.False((await host.EtcdctlAsync("endpoint", "health", "--command-timeout=1s")).Succeeded);

        await host.StartEtcdAsync();
        Assert.True((await host.EtcdctlAsync("endpoint", "health")).Succeeded);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task A_changed_host_key_is_refused_by_ssh()
    {
        var host = Lab.Hosts[0];
        await host.ChangeHostKeyAsync();
        var (exitCode, _, error) = await new SshClient(Lab).RunAsync(host.Name, "true");
        Assert.Equal(255, exitCode);
        Assert.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", error, StringComparison.Ordinal);

        await Lab.ResetAsync();
        Assert.Equal(0, (await new SshClient(Lab).RunAsync(host.Name, "true")).ExitCode);
    }

    [SkippableFact]
    public Task A_disk_of_the_machine_is_never_filled() =>
        Assert.ThrowsAsync<InvalidOperationException>(() => Lab.Hosts[0].FillDiskAsync());

    private static async Task<bool> GreetsAsync(LabHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            using var connection = new TcpClient();
            await connection.ConnectAsync(host.Address, host.Port, limit.Token);
            return await connection.GetStream().ReadAtLeastAsync(new byte[4], 4, throwOnEndOfStream: false, limit.Token) >= 4;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
