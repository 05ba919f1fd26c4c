using System.Security.Cryptography.X509Certificates;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Recovery;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.NewHosts;

/// <summary>One etcd host of three is gone for good, and another takes its place in cluster.yml.</summary>
[Collection(LabCollection.Name)]
public sealed class LostMemberTests
{
    private const string Ssl = "/etc/kubernetes/ssl";

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task New_host_joins_the_restored_cluster_and_the_certificates_of_the_others_name_it_until_it_is_undone()
    {
        await using Lab lab = await LabVariants.StartAsync(LabConfiguration.WithHosts(3));
        LabHost[] left = [lab["node1"], lab["node2"]];
        await Keys.WriteAsync(left[0], "before");
        await new Product(lab).SaveSameAsync("good");
        string before = await Keys.ReadAsync(left[0]);
        await Keys.WriteAsync(left[0], "after");
        string after = await Keys.ReadAsync(left[0]);
        Task<LabHost> adding = lab.AddBareHostAsync("node4");
        await lab["node3"].DestroyAsync();
        LabHost fresh = await adding;
        LabHost[] all = [.. left, fresh];
        lab.WriteClusterYml(all);
        Product product = new(lab);
        RestoreRequest request = new() { Name = "good", SourceNode = "node1", NoComponentRestart = true };
        string[] files = [.. left.Select(host => Member(host) + ".pem")];
        string[] old = [.. left.Zip(files, (host, file) => File.ReadAllText(host.PathOf(file)))];

        SnapshotRestore restore = new(product.Options, product);
        await AssertLackIsToldAsync(left, () => restore.PlanAsync(product.Cluster, request));
        RestorePlan plan = await restore.PlanAsync(product.Cluster, request);

        Assert.True(plan.Ready, string.Join('\n', plan.Findings));
        Assert.Contains(plan.Findings, finding => finding.Message.Contains("that does not answer", StringComparison.Ordinal) && finding.Message.Contains(lab["node3"].InternalAddress, StringComparison.Ordinal));
        Assert.All(plan.Hosts, host => Assert.Contains(host.Actions, action => action.StartsWith("issue kube-etcd-", StringComparison.Ordinal)));
        Assert.Null(plan.Hosts[2].Container);

        IReadOnlyList<RestoreResult> results = await product.RestoreAsync(request);

        foreach (LabHost host in all)
        {
            Assert.Equal(before, await Keys.ReadAsync(host));
        }

        foreach (LabHost host in all)
        {
            await host.PutAsync($"/registry/new/{host.Name}", "works");
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(host.PathOf(Member(host) + ".pem")));
            Assert.All(all, other => Assert.True(certificate.MatchesHostname(other.InternalAddress, allowCommonName: false)));
        }

        RestorePlan needless = await restore.PlanAsync(product.Cluster, request with { CertificateDirectory = lab.Folder.Root });
        Assert.Contains(needless.Findings, finding => finding.Severity == RestoreFindingSeverity.Warning && finding.Message.StartsWith("-CertificateDirectory was not needed", StringComparison.Ordinal));
        string operation = results[0].Operation;
        Assert.Equal(old, left.Zip(files, (host, file) => File.ReadAllText(host.PathOf($"{file}.{operation}"))));

        await product.UndoAsync(request: new RestoreRequest { Name = "" });

        // The new host remembers nothing of it, and nothing is to be noted there.
        Assert.DoesNotContain(product.Story.OfType<HostWarning>(), warning => warning.Message.Contains("could not be noted", StringComparison.Ordinal));
        Assert.All(left, host => Assert.Equal(after, Keys.ReadAsync(host).GetAwaiter().GetResult()));
        Assert.Equal(old, left.Zip(files, (host, file) => File.ReadAllText(host.PathOf(file))));
        Assert.DoesNotContain(left.SelectMany(host => Directory.GetFiles(host.PathOf(Ssl))), file => file.Contains(operation, StringComparison.Ordinal));
        await NewHost.AssertHasNothingAsync(fresh, "undone");
        await Remains.AssertNoneAsync(all);
    }

    // Without the authority's key the members that stay would keep certificates that do not name the new one.
    private static async Task AssertLackIsToldAsync(LabHost[] left, Func<Task<RestorePlan>> plan)
    {
        string[] keys = [.. left.Select(host => host.PathOf($"{Ssl}/kube-ca-key.pem"))];
        foreach (string key in keys)
        {
            File.Move(key, key + ".away");
        }

        RestorePlan lacking = await plan();

        foreach (string key in keys)
        {
            File.Move(key + ".away", key);
        }

        Assert.Contains(lacking.Findings, finding => finding is { Node: "node4", Id: "CertificateAuthorityMissing" });
        Assert.All(left, host => Assert.Contains(lacking.Findings, finding =>
            finding.Severity == RestoreFindingSeverity.Warning && finding.Node == host.Name && finding.Message.Contains("the authority's key to issue it anew was not found", StringComparison.Ordinal)));
    }

    private static string Member(LabHost host) => $"{Ssl}/kube-etcd-{host.InternalAddress.Replace('.', '-')}";
}
