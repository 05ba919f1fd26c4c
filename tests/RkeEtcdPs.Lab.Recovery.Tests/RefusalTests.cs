using RkeEtcdPs.Engine.Errors;
using RkeEtcdPs.Engine.Recovery;
using RkeEtcdPs.Engine.Snapshots;
using RkeEtcdPs.Lab.Machine;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests;

/// <summary>What is refused is refused before any change: a writer runs through it, and not one write fails.</summary>
public sealed class RefusalTests(LabFixture fixture) : ProductTest(fixture)
{
    [SkippableFact]
    public async Task Name_with_a_typo_is_refused_and_near_names_are_told()
    {
        await Product.SaveSameAsync("nightly-2026");

        SnapshotNotFoundException failure = await AssertRefusedAsync<SnapshotNotFoundException>(new RestoreRequest { Name = "nightly-2062" });

        Assert.Contains("nightly-2026", failure.Advice);
    }

    [SkippableFact]
    public async Task Copies_that_differ_are_refused()
    {
        await Product.SaveAsync("different", "node1");
        await Keys.WriteAsync(Lab.Hosts[0], "more");
        await Product.SaveAsync("different", "node2", "node3");

        AssertFinding(await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "different" }), null, "SnapshotMismatch");
    }

    [SkippableFact]
    public async Task Copy_that_is_missing_or_corrupt_and_an_expired_certificate_are_all_told_at_once()
    {
        await Product.SaveSameAsync("good");
        File.Delete(Path.Combine(Lab.Hosts[0].SnapshotFolder, "good"));
        string copy = Path.Combine(Lab.Hosts[1].SnapshotFolder, "good");
        byte[] bytes = await File.ReadAllBytesAsync(copy);
        bytes[9000] ^= 1;
        await File.WriteAllBytesAsync(copy, bytes);
        await ExpireAsync(Lab.Hosts[2]);

        RestoreNotSafeException failure = await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good" });

        AssertFinding(failure, "node1", "SnapshotNotFound");
        AssertFinding(failure, "node2", "SnapshotCorrupt");
        AssertFinding(failure, "node3", "RestoreNotSafe");
        Assert.Contains("expired", failure.Message);
    }

    [SkippableFact]
    public async Task Host_that_is_down_is_refused_even_by_force()
    {
        await Product.SaveSameAsync("good");
        await Lab.Hosts[2].KillSshdAsync();

        AssertFinding(await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good", Force = true }), "node3", "NodeUnreachable");
    }

    [SkippableFact]
    public async Task Missing_tools_image_an_update_of_an_API_server_and_rke_at_work_are_refused()
    {
        await Product.SaveSameAsync("good");
        (await Lab.Hosts[0].DockerAsync("create", "--name", "kube-apiserver-previous", "rancher/rke-tools:lab", "sleep", "600")).OrThrow();
        (await Lab.Hosts[1].DockerAsync("run", "--detach", "--name", "etcd-restore", "--network", "none", "rancher/rke-tools:lab", "sleep", "600")).OrThrow();

        RestoreNotSafeException atWork = await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good" });
        AssertFinding(atWork, "node1", "OperationInProgress");
        AssertFinding(atWork, "node2", "OperationInProgress");
        AssertFinding(await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good", ToolsImage = "rancher/none:1" }), "node1", "ImageMissing");
    }

    [SkippableFact]
    public async Task Etcd_that_runs_in_a_container_of_another_name_is_refused_by_a_restore_and_by_its_undoing()
    {
        await Product.SaveSameAsync("good");
        (await Lab.Hosts[1].DockerAsync("run", "--detach", "--name", "reader", "--network", "none", "--volume", "/var/lib/etcd:/data:ro", "rancher/rke-tools:lab", "sleep", "600")).OrThrow();
        RestorePlan harmless = await new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" });
        Assert.True(harmless.Ready, string.Join('\n', harmless.Findings));
        (await Lab.Hosts[1].DockerAsync("rename", "etcd", "etcd-mine")).OrThrow();
        (await Lab.Hosts[2].DockerAsync("run", "--detach", "--name", "agent", "--network", "none", "--volume", "/var/lib/etcd/member:/data", "rancher/rke-tools:lab", "sleep", "600")).OrThrow();

        IReadOnlyList<RestoreFinding> findings = (await new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" })).Findings;
        RestoreNotSafeException undo = await Assert.ThrowsAsync<RestoreNotSafeException>(() => Product.UndoAsync());

        foreach (IReadOnlyList<RestoreFinding> told in (IReadOnlyList<RestoreFinding>[])[findings, undo.Findings])
        {
            RestoreFinding etcd = Assert.Single(told, finding => finding.Message.Contains("etcd-mine", StringComparison.Ordinal));
            Assert.Equal(("node2", RestoreFindingSeverity.Error, false), (etcd.Node, etcd.Severity, etcd.Forcible));
            Assert.Contains("docker rename etcd-mine etcd", etcd.Advice, StringComparison.Ordinal);
            Assert.Contains(told, finding => finding is { Node: "node3", Severity: RestoreFindingSeverity.Error, Forcible: true } && finding.Message.Contains("agent", StringComparison.Ordinal));
        }

        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Smaller_cluster_needs_force_and_is_refused_while_the_member_left_out_runs()
    {
        await Product.SaveSameAsync("good");

        RestoreNotSafeException failure = await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good", Nodes = ["node1", "node2"], Force = true });

        AssertFinding(failure, "node3", "RestoreNotSafe");
        RestoreRequest smaller = new() { Name = "good", Nodes = ["node1", "node2"] };
        // What is only stopped is there again when its engine starts anew.
        (await Lab.Hosts[2].DockerAsync("stop", "etcd")).OrThrow();
        Assert.Contains("docker rm --force etcd", Assert.Single((await PlanAsync(smaller)).Findings, finding => finding.Node == "node3").Advice, StringComparison.Ordinal);
        (await Lab.Hosts[2].DockerAsync("rm", "etcd")).OrThrow();
        Assert.DoesNotContain((await PlanAsync(smaller)).Findings, finding => finding.Node == "node3");
    }

    private Task<RestorePlan> PlanAsync(RestoreRequest request) => new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, request);

    [SkippableFact]
    public async Task Member_outside_cluster_yml_a_missing_key_and_a_certificate_for_another_address_are_all_told_at_once()
    {
        await Product.SaveSameAsync("good");
        // A learner, so that the three others need no fourth for their quorum.
        await AddLearnerAsync("https://10.99.99.99:2380");
        string key = Lab.Hosts[1].PathOf($"/etc/kubernetes/ssl/kube-etcd-{Lab.Hosts[1].InternalAddress.Replace('.', '-')}-key.pem");
        File.Delete(key);
        await SignAsync(Lab.Hosts[2], DateTimeOffset.UtcNow.AddDays(9), "10.99.99.99");

        RestoreNotSafeException failure = await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good" });

        Assert.Single(failure.Findings, finding => finding.Message.Contains("https://10.99.99.99:2380", StringComparison.Ordinal));
        Assert.Contains(failure.Findings, finding => finding.Node == "node2" && finding.Message.Contains("-key.pem is not there", StringComparison.Ordinal));
        Assert.Contains(failure.Findings, finding => finding.Node == "node3" && finding.Message.Contains($"is not for {Lab.Hosts[2].InternalAddress}", StringComparison.Ordinal));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Host_without_etcd_container_image_and_certificate_is_given_them_unless_nobody_has_the_authority()
    {
        await Product.SaveSameAsync("good");
        LabHost host = Lab.Hosts[2];
        (await host.DockerAsync("rm", "--force", "etcd")).OrThrow();
        (await host.DockerAsync("rmi", "--force", "rancher/coreos-etcd:lab")).OrThrow();
        string certificate = $"kube-etcd-{host.InternalAddress.Replace('.', '-')}.pem";
        File.Delete(host.PathOf($"/etc/kubernetes/ssl/{certificate}"));
        SnapshotRestore restore = new(Product.Options, Product);

        RestorePlan plan = await restore.PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" });

        Assert.True(plan.Ready, string.Join('\n', plan.Findings));
        Assert.Contains(plan.Hosts[2].Actions, action => action.StartsWith($"issue {certificate} with its key", StringComparison.Ordinal) && action.EndsWith("it is not there", StringComparison.Ordinal));
        Assert.All(plan.Hosts.Take(2), other => Assert.Empty(other.Certificates));
        (await host.DockerAsync("image", "inspect", "rancher/coreos-etcd:lab")).OrThrow();
        foreach (LabHost other in Lab.Hosts)
        {
            File.Delete(other.PathOf("/etc/kubernetes/ssl/kube-ca-key.pem"));
        }

        IReadOnlyList<RestoreFinding> findings = (await restore.PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" })).Findings;
        RestoreFinding missing = Assert.Single(findings, finding => finding.Severity == RestoreFindingSeverity.Error);
        Assert.Contains(findings, finding => finding.Node == "node3" && finding.Message.Contains("no etcd container, but etcd's data", StringComparison.Ordinal));
        Assert.Equal(("node3", "CertificateAuthorityMissing"), (missing.Node, missing.Id));
        Assert.Contains(certificate, missing.Message);
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    public async Task Stale_plan_is_refused()
    {
        await Product.SaveSameAsync("good");
        RestorePlan plan = await new SnapshotRestore(Product.Options, Product).PlanAsync(Product.Cluster, new RestoreRequest { Name = "good" });
        Assert.True(plan.Ready, string.Join('\n', plan.Findings));
        foreach (LabHost host in Lab.EtcdHosts)
        {
            File.Delete(Path.Combine(host.SnapshotFolder, "good"));
        }

        await Keys.WriteAsync(Lab.Hosts[0], "more");
        await Product.SaveSameAsync("good");

        Assert.Contains("stale", (await AssertRefusedAsync<RestoreNotSafeException>(new RestoreRequest { Name = "good", Plan = plan })).Message);
    }

    // etcd takes a new member only when all others have been connected for five seconds ("unhealthy cluster" until then).
    private Task AddLearnerAsync(string peerUrl) => Wait.UntilAsync(
        "etcd to take a new member",
        TimeSpan.FromSeconds(160),
        async () => (await Lab.Hosts[0].EtcdctlAsync("member", "add", "stranger", "--learner", $"--peer-urls={peerUrl}")).Succeeded
            // Taken by a call before, of which the answer was lost.
            || (await Lab.Hosts[0].EtcdctlAsync("member", "list")).StandardOutput.Contains(peerUrl, StringComparison.Ordinal));

    private static void AssertFinding(RestoreNotSafeException failure, string? node, string id)
        => Assert.Contains(failure.Findings, finding => finding.Node == node && finding.Id == id && finding.Advice.Length > 0);

    private async Task<T> AssertRefusedAsync<T>(RestoreRequest request)
        where T : EtcdSnapshotException
    {
        string[] before = await StateAsync();
        Writer writer = new(Lab.Hosts[0]);
        T failure;
        await using (writer)
        {
            failure = await Assert.ThrowsAsync<T>(() => Product.RestoreAsync(request));
        }

        Assert.True(writer.Written > 0);
        Assert.Equal(0, writer.Failed);
        Assert.Equal(before, await StateAsync());
        return failure;
    }

    private async Task<string[]> StateAsync() => await Task.WhenAll(Lab.EtcdHosts.Select(async host =>
    {
        string inspected = (await host.DockerAsync("inspect", "--format", "{{.Id}} {{.State.StartedAt}} {{.HostConfig.RestartPolicy}}", "etcd", "kube-apiserver")).OrThrow().StandardOutput;
        return inspected + string.Join(' ', Directory.EnumerateFileSystemEntries(host.PathOf("/var/lib/etcd")).Select(Path.GetFileName));
    }));

    // Its member keeps the connections that it has.
    private static Task ExpireAsync(LabHost host) => SignAsync(host, DateTimeOffset.UtcNow.AddDays(-1), host.InternalAddress);

    private static async Task SignAsync(LabHost host, DateTimeOffset notAfter, string address)
    {
        string ssl = host.PathOf("/etc/kubernetes/ssl");
        string name = $"kube-etcd-{host.InternalAddress.Replace('.', '-')}";
        using System.Security.Cryptography.RSA key = System.Security.Cryptography.RSA.Create(2048);
        System.Security.Cryptography.X509Certificates.CertificateRequest request = new(
            $"CN={name}", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(System.Net.IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), notAfter);
        await File.WriteAllTextAsync($"{ssl}/{name}.pem", signed.ExportCertificatePem());
    }
}
