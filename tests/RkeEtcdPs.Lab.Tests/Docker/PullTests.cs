using RkeEtcdPs.Engine.Configuration;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;
using RkeEtcdPs.Engine.Snapshots;
using Xunit;

namespace RkeEtcdPs.Lab.Tests.Docker;

public sealed class PullTests(LabFixture fixture) : ProductTest(fixture)
{
    // On its loopback an engine speaks to a registry without TLS.
    private const string Registry = "127.0.0.1:5000";
    private const string Image = Registry + "/rancher/rke-tools:pulled";

    // What `mkpasswd -m bcrypt secret` gave.
    private const string Users = "lab:$2b$05$aNqC3/tminCk4xIardOPSOt4PstJTWWSGUxRTPwCjEvH0b9rvywy.";

    private LabHost Host => Lab.Hosts[0];

    [SkippableFact]
    public async Task Image_that_is_missing_is_pulled_with_the_credentials_of_cluster_yml()
    {
        await StartRegistryAsync();
        PrivateRegistry registry = new() { Url = Registry, User = "lab", Password = new Secret("secret") };

        Outcome<EtcdSnapshot> outcome = await SaveAsync(registry);

        Assert.True(outcome.Value?.Verified, outcome.Failure?.Message);
        Assert.Contains(Product.Story.OfType<HostMessage>(), message => message.Message.Contains($"Pulling {Image}", StringComparison.Ordinal));
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Registry_that_refuses_the_credentials_is_a_missing_image_and_the_password_stays_secret()
    {
        await StartRegistryAsync();
        PrivateRegistry registry = new() { Url = Registry, User = "lab", Password = new Secret("wrong-marker") };

        Outcome<EtcdSnapshot> outcome = await SaveAsync(registry);

        ImageMissingException failure = Assert.IsType<ImageMissingException>(outcome.Failure);
        Assert.Contains(Image, failure.Message);
        Assert.DoesNotContain("wrong-marker", failure + string.Join('\n', Product.Story));
        await Remains.AssertNoneAsync(Lab.Hosts);
    }

    [SkippableFact]
    [Trait("Speed", "Long")]
    public async Task Image_without_a_registry_that_answers_is_a_missing_image()
        => Assert.IsType<ImageMissingException>((await SaveAsync(null)).Failure);

    private async Task<Outcome<EtcdSnapshot>> SaveAsync(PrivateRegistry? registry)
    {
        RkeCluster cluster = Product.Cluster with { PrivateRegistries = registry is null ? [] : [registry] };
        SaveRequest request = new() { Name = "pulled", ToolsImage = Image };
        List<Outcome<EtcdSnapshot>> outcomes = [];
        SelectedNode node = new(cluster, cluster.Nodes.Single(node => node.Name == Host.Name));
        await foreach (Outcome<EtcdSnapshot> outcome in new SnapshotSave(Product.Options, Product).RunAsync([node], request))
        {
            outcomes.Add(outcome);
        }

        return Assert.Single(outcomes);
    }

    /// <summary>A registry with one user on the host's loopback. It ends with the container that holds it.</summary>
    private async Task StartRegistryAsync()
    {
        string folder = Host.PathOf("/opt/rke/registry");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "users"), Users + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "config.yml"), """
            version: 0.1
            storage: { filesystem: { rootdirectory: /opt/rke/registry/data } }
            http: { addr: "127.0.0.1:5000" }
            auth: { htpasswd: { realm: lab, path: /opt/rke/registry/users } }
            """);
        (await Host.RunAsync("setsid", "--fork", "sh", "-c", "exec docker-registry serve /opt/rke/registry/config.yml >/opt/rke/registry/log 2>&1 </dev/null")).OrThrow();
        string login = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await RetryAsync(() => Host.DockerAsync("--config", login, "login", "--username", "lab", "--password", "secret", Registry));
            (await Host.DockerAsync("tag", "rancher/rke-tools:lab", Image)).OrThrow();
            (await Host.DockerAsync("--config", login, "push", "--quiet", Image)).OrThrow();
            (await Host.DockerAsync("rmi", Image)).OrThrow();
        }
        finally
        {
            Directory.Delete(login, recursive: true);
        }
    }

    private static async Task RetryAsync(Func<Task<Machine.CommandResult>> command)
    {
        Machine.CommandResult result = await command();
        for (int attempt = 0; attempt < 50 && !result.Succeeded; attempt++)
        {
            await Task.Delay(100);
            result = await command();
        }

        result.OrThrow();
    }

    public override async Task DisposeAsync()
    {
        await Host.RunAsync("pkill", "-x", "docker-registry");
        await Host.DockerAsync("rmi", Image);
        await base.DisposeAsync();
    }
}
