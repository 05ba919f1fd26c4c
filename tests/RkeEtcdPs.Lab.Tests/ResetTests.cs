using Xunit;

namespace RkeEtcdPs.Lab.Tests;

/// <summary>That a test finds nothing of the one before.</summary>
public sealed class ResetTests(LabFixture fixture) : LabTest(fixture)
{
    [SkippableFact]
    public async Task Reset_removes_keys_files_and_stray_containers()
    {
        var host = Lab.Hosts[0];
        await host.PutAsync("/registry/a", "1");
        Directory.CreateDirectory(host.SnapshotFolder);
        await File.WriteAllTextAsync(Path.Combine(host.SnapshotFolder, "nightly"), "x");
        (await host.DockerAsync("run", "-d", "--name", "etcd-snapshot-once", "rancher/rke-tools:lab", "sleep", "1000")).OrThrow();
        (await host.DockerAsync("rm", "-f", "kubelet")).OrThrow();
        File.Delete(host.PathOf("/etc/kubernetes/ssl/kube-ca.pem"));

        await Lab.ResetAsync();

        Assert.Empty(await host.GetKeysAsync());
        Assert.False(Directory.Exists(host.SnapshotFolder));
        Assert.True(File.Exists(host.PathOf("/etc/kubernetes/ssl/kube-ca.pem")));
        var names = (await host.DockerAsync("ps", "--all", "--format", "{{.Names}}")).StandardOutput.Split('\n');
        Assert.DoesNotContain("etcd-snapshot-once", names);
        Assert.Contains("kubelet", names);
    }

    [SkippableFact]
    public async Task Reset_makes_a_replaced_etcd_anew()
    {
        var host = Lab.Hosts[1];
        await host.PutAsync("/registry/a", "1");
        await host.StopEtcdAsync();
        Directory.Move(host.PathOf("/var/lib/etcd"), host.PathOf("/var/lib/etcd.replaced"));
        Directory.CreateDirectory(host.PathOf("/var/lib/etcd"));

        await Lab.ResetAsync();

        Assert.False(Directory.Exists(host.PathOf("/var/lib/etcd.replaced")));
        await host.PutAsync("/registry/b", "2");
        Assert.Equal(["/registry/b"], await Lab.Hosts[0].GetKeysAsync());
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Reset_shrinks_a_large_database()
    {
        await Lab.Hosts[0].FillAsync(80_000_000);
        var database = new FileInfo(Lab.Hosts[0].PathOf("/var/lib/etcd/member/snap/db"));
        Assert.True(database.Length > 80_000_000);

        await Lab.ResetAsync();

        Assert.True(new FileInfo(database.FullName).Length < 10_000_000);
    }
}
