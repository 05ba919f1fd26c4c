using System.Diagnostics;
using RkeEtcdPs.Cmdlets.Tests.PowerShell;
using RkeEtcdPs.Lab;
using RkeEtcdPs.Lab.Tests;
using RkeEtcdPs.PowerShell.Tests.OnHosts;
using Xunit;

namespace RkeEtcdPs.PowerShell.Tests.InPwsh;

public sealed class OtherProcessTests(LabFixture fixture) : PwshTest(fixture)
{
    private const string TrySecond =
        "try { Save-EtcdSnapshot second $lab -SshConfig $ssh -Node node1 } catch { \"$($_.FullyQualifiedErrorId.Split(',')[0]) $($_.TargetObject.Name)\" }";

    [PwshLabFact]
    public async Task A_second_save_at_the_same_time_is_refused_and_the_first_finishes()
    {
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(Lab["node1"]);
        Task<Pwsh> first = RunAsync("(Save-EtcdSnapshot first $lab -SshConfig $ssh -Node node1).Name");
        await etcdctl.Reached;

        Pwsh second = await RunAsync(TrySecond);

        Assert.Equal(["OperationInProgress node1"], second.Output);
        await etcdctl.ThawAsync();
        Assert.Equal(["first"], (await first).Output);
        Assert.False(File.Exists(FileOf(Lab["node1"], "second")));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [PwshLabFact]
    public async Task After_a_pwsh_that_was_killed_the_next_save_works_and_sweeps()
    {
        LabHost host = Lab["node1"];
        await using Frozen etcdctl = await Frozen.AtSnapshotSaveAsync(host);
        string script = SetUp + "Save-EtcdSnapshot killed $lab -SshConfig $ssh -Node node1";
        using (Process killed = Process.Start(Pwsh.Executable!, ["-NoProfile", "-NonInteractive", "-Command", script]))
        {
            await etcdctl.Reached;
            killed.Kill();
            await killed.WaitForExitAsync();
        }

        Assert.NotEmpty(Remains.PrivateFolders());
        Assert.Equal(["OperationInProgress node1"], (await RunAsync(TrySecond)).Output);
        Assert.Empty(Remains.PrivateFolders());
        await etcdctl.ThawAsync();
        (await host.DockerAsync("wait", "etcd-snapshot-once")).OrThrow();

        Pwsh next = await RunAsync("(Save-EtcdSnapshot next $lab -SshConfig $ssh -Node node1).Verified");

        Assert.Equal("", next.Error);
        Assert.Equal(["True"], next.Output);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }
}
