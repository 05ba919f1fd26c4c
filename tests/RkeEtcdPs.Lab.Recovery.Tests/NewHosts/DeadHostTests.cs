using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>The documented disaster: the control plane on one host, etcd on another, which dies; a third one is new and has nothing but Docker.</summary>
[Collection(LabCollection.Name)]
public sealed class DeadHostTests
{
    private const string Ssl = "/etc/kubernetes/ssl";

    [SkippableFact]
    public async Task Etcd_host_that_is_gone_for_good_is_replaced_by_a_new_one()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(2, host => host with { Roles = host.Name == "node1" ? NodeRoles.ControlPlane | NodeRoles.Worker : NodeRoles.Etcd }));
        LabHost control = lab["node1"];
        await Keys.WriteAsync(lab["node2"], "before");
        await new Product(lab).SaveSameAsync("good");
        string before = await Keys.ReadAsync(lab["node2"]);
        string stored = Path.Combine(Directory.CreateDirectory(Path.Combine(lab.Folder.Root, "store")).FullName, "good");
        File.Copy(Path.Combine(lab["node2"].SnapshotFolder, "good"), stored);
        Task<LabHost> adding = lab.AddBareHostAsync("node3", host => host with { Roles = NodeRoles.Etcd });
        await lab["node2"].DestroyAsync();
        LabHost fresh = await adding;
        lab.WriteClusterYml(control, fresh);
        Product product = new(lab);
        RestoreRequest request = new() { Name = "good", Source = SnapshotFiles.Describe(stored), NoComponentRestart = true };

        RestoreResult result = Assert.Single(await product.RestoreAsync(request));

        Assert.Equal(before, await Keys.ReadAsync(fresh));
        Assert.Equal(("node3", RestorePhase.Done), (result.Node, result.Phase));
        string name = $"kube-etcd-{fresh.InternalAddress.Replace('.', '-')}";
        Assert.Equal(
            ["600 0", "600 0"],
            (await fresh.RunAsync("stat", "--format=%a %u", $"{Ssl}/{name}-key.pem", $"{Ssl}/{name}-key.pem")).OrThrow().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("700", (await fresh.RunAsync("stat", "--format=%a", "/var/lib/etcd")).OrThrow().StandardOutput.Trim());
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(fresh.PathOf($"{Ssl}/{name}.pem")));
        Assert.Equal("CN=kube-etcd", certificate.Subject);
        Assert.All(
            (string[])[fresh.Address, "node3", control.Address, "node1", "localhost", "127.0.0.1", "kubernetes", "kubernetes.default.svc.cluster.local", "10.43.0.1"],
            host => Assert.True(certificate.MatchesHostname(host, allowCommonName: false), host));
        // The API server comes with the node's certificate.
        Assert.True((await control.RunAsync(
            "env", "ETCDCTL_API=3", "etcdctl", $"--endpoints=https://{fresh.InternalAddress}:2379", $"--cacert={Ssl}/kube-ca.pem", $"--cert={Ssl}/kube-node.pem", $"--key={Ssl}/kube-node-key.pem",
            "get", "", "--prefix", "--keys-only")).OrThrow().StandardOutput.Contains("/registry/before/1", StringComparison.Ordinal));
        Assert.Equal("always true", (await fresh.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}", "etcd")).OrThrow().StandardOutput.Trim());
        await Remains.AssertNoneAsync([control, fresh]);
    }
}
