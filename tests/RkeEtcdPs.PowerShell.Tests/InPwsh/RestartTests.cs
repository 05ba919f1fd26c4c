using System.Diagnostics;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Lab;
using RkeEtcdPs.Lab.Machine;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

public sealed class RestartTests(LabFixture fixture) : PwshTest(fixture)
{
    private const string Restart = "Restart-KubeComponent kubelet -ClusterConfig $lab -SshConfig $ssh -Node node1";
    private const string ReluctantToEnd = "rm -f /tmp/asked; trap 'touch /tmp/asked' TERM; while :; do sleep 1; done";

    [PwshLabFact]
    [Trait("Speed", "Long")]
    public async Task After_a_pwsh_that_was_killed_the_component_is_started_and_the_next_restart_works_and_sweeps()
    {
        LabHost host = Lab["node1"];
        (await host.DockerAsync("rm", "--force", "kubelet")).OrThrow();
        (await host.DockerAsync("run", "--detach", "--name", "kubelet", "--network", "host", "--entrypoint", "sh", "rancher/hyperkube:lab", "-c", ReluctantToEnd)).OrThrow();
        string before = await StartedAtAsync(host);
        using (Process killed = Process.Start(Pwsh.Executable!, ["-NoProfile", "-NonInteractive", "-Command", SetUp + Restart]))
        {
            await Wait.UntilAsync("the kubelet to be asked to end", TimeSpan.FromSeconds(180), async () => (await host.DockerAsync("exec", "kubelet", "test", "-e", "/tmp/asked")).Succeeded);
            killed.Kill();
            await killed.WaitForExitAsync();
        }

        // No restart policy helps here: the engine carries out what it was asked for.
        await Wait.UntilAsync("the kubelet to be started again", TimeSpan.FromSeconds(180), async () => await StartedAtAsync(host) != before);
        Pwsh next = await RunAsync($"({Restart}).After");

        Assert.Equal("", next.Error);
        Assert.Equal(["Running"], next.Output);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    private static async Task<string> StartedAtAsync(LabHost host)
        => (await host.DockerAsync("inspect", "--format", "{{.State.StartedAt}}", "kubelet")).OrThrow().StandardOutput;
}
