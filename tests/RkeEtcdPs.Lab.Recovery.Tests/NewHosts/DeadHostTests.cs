using System.Security.Cryptography;
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
    private const int User = 52034;

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
        RkeFiles.RunAs(lab, User);
        Product product = new(lab);
        RestoreRequest request = new() { Name = "good", Source = SnapshotFiles.Describe(stored), NoComponentRestart = true };

        Assert.Empty(await product.RestoresAsync());
        await AssertBadAuthoritiesAreRefusedAsync(product, request, control, fresh);
        await AssertBadCertificatesAreReplacedAsync(product, request, control, fresh);

        // Some keep the authority's key in the file of its certificate.
        string authorityKey = await File.ReadAllTextAsync(control.PathOf($"{Ssl}/kube-ca-key.pem"));
        string authority = await File.ReadAllTextAsync(control.PathOf($"{Ssl}/kube-ca.pem"));
        await File.WriteAllTextAsync(control.PathOf($"{Ssl}/kube-ca.pem"), authority + authorityKey);
        string authorityLine = Secrecy.LineOf(authorityKey);
        List<Task<int>> looks = [];
        RestoreResult result = Assert.Single(await product.RestoreAsync(request with
        {
            Observer = (step, node) =>
            {
                if (node is not null && step is RestoreStep.Certify or RestoreStep.Settle)
                {
                    Secrecy.AssertNotOnClient(lab, authorityLine);
                    Task<int> look = Secrecy.AssertNotInContainersAsync(fresh, authorityLine);
                    look.Wait();
                    looks.Add(look);
                }
            },
        }));
        Assert.NotEmpty(looks);
        Assert.All(await Task.WhenAll(looks), containers => Assert.InRange(containers, 1, 9));

        Assert.Equal(before, await Keys.ReadAsync(fresh));
        Assert.Equal(("node3", RestorePhase.Done), (result.Node, result.Phase));
        string name = $"kube-etcd-{fresh.InternalAddress.Replace('.', '-')}";
        Assert.Equal(
            [$"600 {User} {User}", "644 0 0", "644 0 0"],
            (await fresh.RunAsync("stat", "--format=%a %u %g", $"{Ssl}/{name}-key.pem", $"{Ssl}/{name}.pem", $"{Ssl}/kube-ca.pem")).OrThrow().StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, Directory.GetFiles(fresh.PathOf(Ssl)).Length);
        Assert.DoesNotContain("KEY", await File.ReadAllTextAsync(fresh.PathOf($"{Ssl}/kube-ca.pem")));
        string[] lines = [authorityLine, Secrecy.LineOf(await File.ReadAllTextAsync(fresh.PathOf($"{Ssl}/{name}-key.pem")))];
        Secrecy.AssertNotOnClient(lab, lines);
        await Secrecy.AssertNotInContainersAsync(fresh, lines);
        await Secrecy.AssertNotInContainersAsync(control, lines);
        Assert.All(lines, line => Assert.DoesNotContain(line, string.Join('\n', product.Story)));
        Assert.Equal($"{User}:{User}", (await fresh.DockerAsync("inspect", "--format", "{{.Config.User}}", "etcd")).OrThrow().StandardOutput.Trim());
        Assert.Equal("700", (await fresh.RunAsync("stat", "--format=%a", "/var/lib/etcd")).OrThrow().StandardOutput.Trim());
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(fresh.PathOf($"{Ssl}/{name}.pem")));
        Assert.Equal("CN=kube-etcd", certificate.Subject);
        Assert.All(
            (string[])[fresh.Address, "node3", control.Address, "node1", "localhost", "127.0.0.1", "kubernetes", "kubernetes.default.svc.cluster.local", "10.43.0.1"],
            host => Assert.True(certificate.MatchesHostname(host, allowCommonName: false), host));
        // etcd takes no such file.
        await File.WriteAllTextAsync(control.PathOf($"{Ssl}/kube-ca.pem"), authority);
        // The API server comes with the node's certificate.
        Assert.True((await control.RunAsync(
            "env", "ETCDCTL_API=3", "etcdctl", $"--endpoints=https://{fresh.InternalAddress}:2379", $"--cacert={Ssl}/kube-ca.pem", $"--cert={Ssl}/kube-node.pem", $"--key={Ssl}/kube-node-key.pem",
            "get", "", "--prefix", "--keys-only")).OrThrow().StandardOutput.Contains("/registry/before/1", StringComparison.Ordinal));
        Assert.Equal("always true", (await fresh.DockerAsync("inspect", "--format", "{{.HostConfig.RestartPolicy.Name}} {{.State.Running}}", "etcd")).OrThrow().StandardOutput.Trim());
        await Remains.AssertNoneAsync([control, fresh]);
    }

    private static async Task AssertBadAuthoritiesAreRefusedAsync(Product product, RestoreRequest request, LabHost control, LabHost fresh)
    {
        string path = control.PathOf($"{Ssl}/kube-ca-key.pem");
        string key = await File.ReadAllTextAsync(path);
        File.Delete(path);

        RestoreNotSafeException missing = await Assert.ThrowsAsync<RestoreNotSafeException>(() => product.RestoreAsync(request));
        Assert.Equal("CertificateAuthorityMissing", Assert.Single(missing.Findings).Id);
        Assert.Contains("-CertificateDirectory", missing.Advice);

        using RSA other = RSA.Create(2048);
        await File.WriteAllTextAsync(path, other.ExportRSAPrivateKeyPem());
        RestorePlan wrong = await PlanAsync(product, request);
        Assert.Contains(wrong.Findings, finding => finding.Id == "CertificateAuthorityInvalid" && finding.Message.Contains("its key does not belong to its certificate", StringComparison.Ordinal));
        Assert.False(wrong.Ready);

        // The right one in a folder, and then one of another cluster.
        string folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(product.Cluster.Path)!, "certificates")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "kube-ca-key.pem"), key);
        File.Copy(control.PathOf($"{Ssl}/kube-ca.pem"), Path.Combine(folder, "kube-ca.pem"));
        Assert.True((await PlanAsync(product, request with { CertificateDirectory = folder })).Ready);
        using X509Certificate2 strange = Certificates.MakeAuthority(other);
        await File.WriteAllTextAsync(Path.Combine(folder, "kube-ca-key.pem"), other.ExportRSAPrivateKeyPem());
        await File.WriteAllTextAsync(Path.Combine(folder, "kube-ca.pem"), strange.ExportCertificatePem());
        Assert.Contains(
            (await PlanAsync(product, request with { CertificateDirectory = folder })).Findings,
            finding => finding is { Node: "node1", Id: "CertificateAuthorityInvalid" } && finding.Message.Contains("trusts another one", StringComparison.Ordinal));
        await File.WriteAllTextAsync(path, key);
        Assert.Equal("", (await fresh.DockerAsync("ps", "-aq")).OrThrow().StandardOutput);
    }

    // What somebody has put there before is seen for what it is.
    private static async Task AssertBadCertificatesAreReplacedAsync(Product product, RestoreRequest request, LabHost control, LabHost fresh)
    {
        string name = $"kube-etcd-{fresh.InternalAddress.Replace('.', '-')}";
        foreach ((string address, int days, string problem) in ((string, int, string)[])
            [
                (fresh.InternalAddress, -1, "it expired at"),
                ("10.99.99.99", 9, $"it is not for {fresh.InternalAddress}"),
                (fresh.InternalAddress, 9, ""),
            ])
        {
            Certificates.Sign(control.PathOf(Ssl), fresh.PathOf(Ssl), name, address, days);
            RestorePlan plan = await PlanAsync(product, request);
            Assert.True(plan.Ready, string.Join('\n', plan.Findings));
            Assert.Equal(problem.Length == 0, plan.Hosts[1].Certificates.Count == 1);
            Assert.Equal(problem.Length > 0, plan.Hosts[1].Actions.Any(action => action.StartsWith($"issue {name}.pem", StringComparison.Ordinal) && action.Contains(problem, StringComparison.Ordinal)));
        }

        using RSA other = RSA.Create(2048);
        await File.WriteAllTextAsync(fresh.PathOf($"{Ssl}/{name}-key.pem"), other.ExportRSAPrivateKeyPem());
        Assert.Contains((await PlanAsync(product, request)).Hosts[1].Actions, action => action.Contains("it is there with the key of another one", StringComparison.Ordinal));
        foreach (string file in Directory.GetFiles(fresh.PathOf(Ssl)))
        {
            File.Delete(file);
        }
    }

    private static Task<RestorePlan> PlanAsync(Product product, RestoreRequest request) => new SnapshotRestore(product.Options, product).PlanAsync(product.Cluster, request);
}
