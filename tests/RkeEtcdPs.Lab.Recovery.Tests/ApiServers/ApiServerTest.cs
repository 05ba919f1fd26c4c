using System.Text.Json.Nodes;
using RkeEtcdPs.Engine.ApiServers;
using Xunit;

namespace RkeEtcdPs.Lab.Recovery.Tests.ApiServers;

/// <summary>A class of tests with API servers that read etcd and answer.</summary>
public abstract class ApiServerTest(LabFixture fixture) : ProductTest(fixture)
{
    private protected const string ApiServer = "kube-apiserver";

    private protected const string Key = "/registry/configmaps/default/seen";

    /// <summary>The endpoints of cluster.yml.</summary>
    private protected string[] All => [.. Lab.EtcdHosts.Select(EndpointOf)];

    private protected static string EndpointOf(LabHost host) => $"https://{host.InternalAddress}:2379";

    /// <summary>API servers that know the first etcd host alone.</summary>
    private protected Task ServeOldAsync(params LabHost[] hosts) => Task.WhenAll(hosts.Select(host => host.ServeApiAsync([EndpointOf(Lab.Hosts[0])])));

    /// <summary>The etcd servers that an API server of a host says it was given.</summary>
    private protected static async Task<string[]> ServersOfAsync(LabHost host) => ((await host.GetApiAsync("endpoints"))?.Split(' ')[0] ?? "").Split(',');

    private protected static async Task<string> InspectAsync(LabHost host, string format, string container = ApiServer)
        => (await host.DockerAsync("inspect", "--type", "container", "--format", format, container)).OrThrow().StandardOutput.Trim();

    /// <summary>The containers of a host whose names begin so.</summary>
    /// <param name="host">The host.</param>
    /// <param name="running">Only those that run.</param>
    /// <param name="name">What the names begin with.</param>
    private protected static async Task<string[]> NamesAsync(LabHost host, bool running, string name = ApiServer)
        => (await host.DockerAsync(["ps", .. running ? Array.Empty<string>() : ["--all"], "--filter", $"name={name}", "--format", "{{.Names}}"])).OrThrow()
            .StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>All that the engine says of how a container is to be, without the label that the module adds.</summary>
    private protected static async Task<string> DescriptionAsync(LabHost host, string container = ApiServer)
    {
        JsonNode found = JsonNode.Parse((await host.DockerAsync("inspect", "--type", "container", container)).OrThrow().StandardOutput)![0]!;
        found["Config"]!["Labels"]!.AsObject().Remove(ReplacedContainer.Label);
        return $"{found["Config"]}\n{found["HostConfig"]}\n{found["Image"]}\n{string.Join('\n', found["Mounts"]!.AsArray().Select(mount => $"{mount!["Source"]} {mount["Destination"]}").Order(StringComparer.Ordinal))}";
    }

    /// <summary>One API server runs on the host, under its name, and comes back by itself; nothing is left beside it.</summary>
    private protected static async Task AssertWholeAsync(LabHost host)
    {
        Assert.Equal([ApiServer], await NamesAsync(host, running: false));
        Assert.Equal("true always", await InspectAsync(host, "{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}"));
        await Remains.AssertNoneOnAsync([host]);
    }
}
