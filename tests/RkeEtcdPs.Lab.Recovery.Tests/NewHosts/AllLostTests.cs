using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Stores;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>All hosts are gone for good; three new ones are at other addresses. What is left is a snapshot, cluster.yml and cluster.rkestate.</summary>
[Collection(LabCollection.Name)]
public sealed class AllLostTests
{
    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Cluster_comes_back_on_new_hosts_also_when_the_first_tries_are_cut_off_and_undone()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(3));
        await Keys.WriteAsync(lab.Hosts[0], "before");
        await new Product(lab).SaveSameAsync("good");
        string before = await Keys.ReadAsync(lab.Hosts[0]);
        string folder = Directory.CreateDirectory(Path.Combine(lab.Folder.Root, "store")).FullName;
        string stored = Path.Combine(folder, "good");
        File.Copy(Path.Combine(lab.Hosts[0].SnapshotFolder, "good"), stored);
        string state = RkeFiles.State(lab.Hosts[0]);
        RkeFiles.Pack(stored, stored + ".zip", state);
        LabHost[] hosts = await ReplaceAsync(lab);
        Product product = new(lab);
        SnapshotRestore restore = new(product.Options, product);
        RestoreRequest given = new() { Name = "good", Source = SnapshotFiles.Describe(stored), NoComponentRestart = true };

        // Nobody knows the authority, nor the image of etcd: RKE's state is the only one.
        RestoreNotSafeException refusal = await Assert.ThrowsAsync<RestoreNotSafeException>(() => product.RestoreAsync(given with { ToolsImage = "rancher/rke-tools:lab" }));
        Assert.Equal(["CertificateAuthorityMissing", "ImageMissing"], refusal.Findings.Select(finding => finding.Id).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains("-StateFile", refusal.Advice);
        File.WriteAllText(Path.ChangeExtension(lab.Folder.ClusterYml, ".rkestate"), state);

        // No host is left to say that an authority is another cluster's, but the state is.
        string foreign = Directory.CreateDirectory(Path.Combine(lab.Folder.Root, "foreign")).FullName;
        using (RSA key = RSA.Create(2048))
        using (X509Certificate2 strange = Certificates.MakeAuthority(key))
        {
            await File.WriteAllTextAsync(Path.Combine(foreign, "kube-ca.pem"), strange.ExportCertificatePem());
            await File.WriteAllTextAsync(Path.Combine(foreign, "kube-ca-key.pem"), key.ExportRSAPrivateKeyPem());
        }

        Assert.Contains((await restore.PlanAsync(product.Cluster, given with { CertificateDirectory = foreign })).Findings, finding => finding is { Severity: RestoreFindingSeverity.Error, Id: "CertificateAuthorityInvalid" });

        // An etcd that does not start: back to nothing.
        RestoreRolledBackException back = await Assert.ThrowsAsync<RestoreRolledBackException>(() => product.RestoreAsync(given with
        {
            ProofLimit = TimeSpan.FromSeconds(2),
            Observer = (step, node) =>
            {
                if (step == RestoreStep.StartEtcd && node is null)
                {
                    File.WriteAllText(hosts[1].PathOf("/var/lib/etcd/member/snap/db"), "no database");
                }
            },
        }));
        await AssertNothingAsync(hosts);
        Assert.All(hosts, host => Assert.False(Directory.Exists(host.PathOf("/var/lib/etcd/.etcdsnapshot"))));
        Assert.EndsWith("What it had made on the new hosts was removed.", back.Message, StringComparison.Ordinal);

        // Cut off before the switch, in it, and after it: then undone, or gone on with.
        await DyingClient.StartAsync(lab, "good", RestoreStep.Certify, afterFirst: true);
        await DyingClient.StartAsync(lab, "good", RestoreStep.Switch, afterFirst: true);
        await product.UndoAsync(request: new RestoreRequest { Name = "", NoComponentRestart = true });
        await AssertNothingAsync(hosts);
        await DyingClient.StartAsync(lab, "good", RestoreStep.StartEtcd, afterFirst: true);
        IReadOnlyList<RestoreResult> results = await product.RestoreAsync(new RestoreRequest { Name = "good", NoComponentRestart = true });

        Assert.Equal(hosts.Select(host => host.Name), results.Select(result => result.Node));
        Assert.Contains("--election-timeout=1000", (await hosts[2].DockerAsync("inspect", "--format", "{{.Config.Cmd}}", "etcd")).OrThrow().StandardOutput);
        foreach (LabHost host in hosts)
        {
            Assert.Equal(before, await Keys.ReadAsync(host));
        }

        foreach (LabHost host in hosts)
        {
            await host.PutAsync($"/registry/new/{host.Name}", "works");
        }

        await product.UndoAsync(request: new RestoreRequest { Name = "", NoComponentRestart = true });
        await AssertNothingAsync(hosts);
        File.Delete(Path.ChangeExtension(lab.Folder.ClusterYml, ".rkestate"));

        // The zip that RKE makes has the state in it. Without it on the client, the one on the hosts does as well.
        RestorePlan plan = await restore.PlanAsync(product.Cluster, given with { Source = SnapshotFiles.Describe(stored + ".zip") });
        AssertReady(plan, "good.zip");
        foreach (LabHost host in hosts)
        {
            File.Delete(Path.Combine(host.SnapshotFolder, "good"));
            File.Copy(stored + ".zip", Path.Combine(host.SnapshotFolder, "good.zip"));
        }

        plan = await restore.PlanAsync(product.Cluster, new RestoreRequest { Name = "good" });
        AssertReady(plan, "node4:/opt/rke/etcd-snapshots/good.zip");
        Assert.DoesNotContain("PRIVATE KEY", string.Join('\n', product.Story));
        await Remains.AssertNoneAsync(hosts);
    }

    // Authority and image are from the zip: cluster.yml names none.
    private static void AssertReady(RestorePlan plan, string source)
    {
        Assert.True(plan.Ready, string.Join('\n', plan.Findings));
        Assert.All(plan.Hosts, host => Assert.Contains(host.Actions, action => action.StartsWith("issue kube-etcd-", StringComparison.Ordinal) && action.Contains(source, StringComparison.Ordinal)));
        Assert.All(plan.Hosts, host => Assert.Contains(host.Actions, action => action.Contains("make one as cluster.yml says", StringComparison.Ordinal)));
    }

    private static async Task<LabHost[]> ReplaceAsync(Lab lab)
    {
        Task<LabHost[]> adding = AddAsync(lab);
        await Task.WhenAll(lab.Hosts.Select(host => host.DestroyAsync()));
        LabHost[] hosts = await adding;
        lab.WriteClusterYml(hosts);
        // Which images a cluster has, RKE writes into its state and not into cluster.yml.
        string yml = File.ReadAllText(lab.Folder.ClusterYml);
        File.WriteAllText(lab.Folder.ClusterYml, yml[..yml.IndexOf("system_images:", StringComparison.Ordinal)]);
        RkeFiles.HastenElections(lab);
        return hosts;
    }

    // The first one has the images from a file, the others get them from it.
    private static async Task<LabHost[]> AddAsync(Lab lab)
    {
        LabHost[] hosts = await Task.WhenAll(lab.AddBareHostAsync("node4"), lab.AddBareHostAsync("node5"), lab.AddBareHostAsync("node6"));
        await hosts[0].EnsureImagesAsync();
        return hosts;
    }

    private static Task AssertNothingAsync(LabHost[] hosts) => Task.WhenAll(hosts.Select(host => NewHost.AssertHasNothingAsync(host, "undone")));
}
