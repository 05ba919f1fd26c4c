using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Verbs;

/// <summary>Says whether a lab is up, and how its hosts are.</summary>
internal sealed class StatusVerb : IVerb
{
    /// <inheritdoc />
    public string Usage => "status [--folder PATH]";

    /// <inheritdoc />
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var options = new Options(arguments);
        var folder = new LabFolder(options.Value("--folder") ?? LabFolder.Default);
        options.End();
        if (Lab.Attach(folder) is not { } lab)
        {
            Console.WriteLine(folder.ReadClaim() is null ? $"down: no lab in {folder.Root}" : $"broken: remains of a lab in {folder.Root}");
            return 1;
        }

        Console.WriteLine($"up: {lab.Hosts.Count} hosts, {folder.ClusterYml}");
        var lines = await Task.WhenAll(lab.Hosts.Select(h => DescribeAsync(h, cancellationToken)));
        foreach (var line in lines)
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    private static async Task<string> DescribeAsync(LabHost host, CancellationToken cancellationToken)
    {
        var containers = await host.DockerAsync(["ps", "--quiet"], cancellationToken);
        var docker = containers.Succeeded ? $"{containers.StandardOutput.Split('\n').Length - 1} containers run" : "dockerd does not answer";
        var etcd = !host.HasEtcd ? "no etcd"
            : (await host.EtcdctlAsync(["endpoint", "health"], cancellationToken)).Succeeded ? "etcd healthy"
            : "etcd NOT healthy";
        return $"{host.Name,-10} {host.User}@{host.Address}:{host.Port}  {docker}, {etcd}";
    }
}
