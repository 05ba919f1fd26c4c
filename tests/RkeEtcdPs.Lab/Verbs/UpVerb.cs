using System.Diagnostics;
using RkeEtcdPs.Lab.State;

namespace RkeEtcdPs.Lab.Verbs;

/// <summary>Makes a lab that stays, or with <c>--foreground</c> one that lasts as long as the command.</summary>
internal sealed class UpVerb : IVerb
{
    private const int DefaultHosts = 3;
    private const int Mebibyte = 1024 * 1024;

    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public string Usage => """
        up [--folder PATH] [--foreground] [--hosts 3] [--workers 0] [--user NAME] [--ssh-port 22] [--bastion] [--internal-network]
           [--no-etcd-shell] [--etcd-own-mount] [--snapshot-disk MIB] [--no-stream-forwarding] [--no-docker-cli]
        """;

    /// <inheritdoc />
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var configuration = Read(new Options(arguments));
        var folder = new LabFolder(configuration.Folder!);
        if (Lab.Attach(folder) is { } running)
        {
            Console.WriteLine($"already up: {running.Hosts.Count} hosts; `down` first to change it");
            Print(running);
            return 0;
        }

        var clock = Stopwatch.StartNew();
        var lab = await Lab.StartAsync(configuration, m => Console.WriteLine($"{clock.Elapsed.TotalSeconds,5:0.0} s  {m}"), cancellationToken);
        Print(lab);
        if (!configuration.Detached)
        {
            await using (lab)
            {
                Console.WriteLine("up until Ctrl+C");
                while (lab.IsUp)
                {
                    await Task.Delay(Watch, cancellationToken);
                }

                Console.WriteLine("taken down by another process");
            }
        }

        return 0;
    }

    /// <summary>What the options ask for.</summary>
    internal static LabConfiguration Read(Options options)
    {
        var folder = options.Value("--folder") ?? LabFolder.Default;
        var ordinary = new HostConfiguration("any");
        var host = ordinary with
        {
            User = options.Value("--user") ?? ordinary.User,
            SshPort = options.Number("--ssh-port") ?? ordinary.SshPort,
            StreamLocalForwarding = !options.Flag("--no-stream-forwarding"),
            DockerCli = !options.Flag("--no-docker-cli"),
            EtcdOwnMount = options.Flag("--etcd-own-mount"),
            SnapshotDiskBytes = (long?)options.Number("--snapshot-disk") * Mebibyte,
        };
        var hosts = options.Number("--hosts") ?? DefaultHosts;
        var configuration = LabConfiguration.WithHosts(hosts) with
        {
            Folder = folder,
            Detached = !options.Flag("--foreground"),
            Bastion = options.Flag("--bastion"),
            InternalNetwork = options.Flag("--internal-network"),
            EtcdShell = !options.Flag("--no-etcd-shell"),
        };
        var workers = options.Number("--workers") ?? 0;
        for (var n = 1; n <= workers; n++)
        {
            configuration = configuration.AndWorker($"worker{n}");
        }

        options.End();
        return hosts > 0
            ? configuration with { Hosts = [.. configuration.Hosts.Select(h => host with { Name = h.Name, Roles = h.Roles })] }
            : throw new UsageException("--hosts must be 1 or more");
    }

    private static void Print(Lab lab)
    {
        foreach (var host in lab.Hosts)
        {
            Console.WriteLine($"{host.Name,-10} {host.User}@{host.Address}:{host.Port}  {host.Description.Configuration.Roles}");
        }

        Console.WriteLine($"""
            cluster.yml  {lab.Folder.ClusterYml}
            ssh          ssh -F {lab.Folder.SshConfig} {lab.Hosts[0].Name}
            known hosts  {lab.Folder.KnownHosts}
            client key   {lab.Folder.ClientKey}
            description  {lab.Folder.LabJson}
            """);
    }
}
