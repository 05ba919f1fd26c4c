using RkeEtcdPs.Lab.Cluster;
using RkeEtcdPs.Lab.Machine;

namespace RkeEtcdPs.Lab;

/// <summary>An API server that answers. <see cref="ResetAsync"/> puts back the container that only waits.</summary>
public sealed partial class LabHost
{
    private const int ApiPort = 6443;
    private static readonly TimeSpan ApiLimit = TimeSpan.FromSeconds(120);

    /// <summary>True when API servers of the lab are real ones: <c>ETCDSNAPSHOT_LAB_KUBE</c> names the folder with kube-apiserver and kubectl.</summary>
    public static bool HasRealApiServer => ApiServerContainer.Programs is not null;

    /// <summary>Runs the real kubectl against the host's API server.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public Task<CommandResult> KubectlAsync(params string[] arguments)
    {
        const string ssl = "/etc/kubernetes/ssl";
        var programs = ApiServerContainer.Programs ?? throw new InvalidOperationException("ETCDSNAPSHOT_LAB_KUBE names no folder with kubectl");
        string[] kubectl =
        [
            Path.Combine(programs, "kubectl"), $"--server=https://{InternalAddress}:{ApiPort}", $"--certificate-authority={ssl}/kube-ca.pem",
            $"--client-certificate={ssl}/kube-node.pem", $"--client-key={ssl}/kube-node-key.pem", .. arguments,
        ];
        return _shell.RunAsync(kubectl);
    }

    /// <summary>Puts an API server in place of the container that only waits.</summary>
    /// <param name="etcdServers">The etcd URLs that it is given.</param>
    /// <param name="cancellationToken">Stops waiting until it answers, well or not.</param>
    public async Task ServeApiAsync(IEnumerable<string> etcdServers, CancellationToken cancellationToken = default)
    {
        await _containers.RemoveAsync(ApiServerContainer.Name, cancellationToken);
        var id = await _engine.MustRunAsync(ApiServerContainer.Of(Description, etcdServers).CreateArguments, cancellationToken);
        await _engine.MustRunAsync(["start", id], cancellationToken);
        await Wait.UntilAsync($"the API server of {Name} to answer", ApiLimit, async () => await GetApiAsync("healthz", cancellationToken) is not null, cancellationToken: cancellationToken);
    }

    /// <summary>What its API server answers at a path, without the end of the last line; null when nothing answers.</summary>
    /// <param name="path">The path, such as <c>healthz</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<string?> GetApiAsync(string path, CancellationToken cancellationToken = default)
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator, UseProxy = false };
        using HttpClient client = new(handler) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(new Uri($"https://{Address}:{ApiPort}/{path}"), cancellationToken);
            return (await answer.Content.ReadAsStringAsync(cancellationToken)).TrimEnd('\n');
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
