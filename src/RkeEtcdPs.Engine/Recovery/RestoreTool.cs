using System.Globalization;
using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Hosts;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The program of the etcd image that makes data from a snapshot, and what it can do.</summary>
/// <param name="Path">Its path in the image.</param>
/// <param name="Bumps">Whether it can raise the revision and mark what was before as compacted.</param>
/// <param name="SkipsHash">
/// Whether it can leave out its own check of the hash, which takes longer than all else that it does, and several times as long as that of the helper
/// container, by which the snapshot is proved before and once more after the tool has read it.
/// </param>
internal sealed record RestoreTool(string Path, bool Bumps, bool SkipsHash)
{
    /// <summary>How far revisions are raised at least, so that no watcher takes an old one for a new one: further than a cluster comes between a look at it and its stop.</summary>
    public const long LeastBump = 1_000_000_000;

    private static readonly string[] Places = ["/usr/local/bin/etcdutl", "/usr/bin/etcdutl", "/usr/local/bin/etcdctl", "/usr/bin/etcdctl"];

    private static readonly string[] Environment = ["ETCDCTL_API=3"];

    /// <summary>Finds it, in the container of etcd where there is one, and otherwise by trying: newer images have no shell.</summary>
    /// <exception cref="ImageMissingException">The image has none.</exception>
    public static async Task<RestoreTool> FindAsync(RestoreHost host, CancellationToken cancellationToken)
        => host.Etcd is { } etcd
            ? await FindInAsync(host, etcd, cancellationToken).ConfigureAwait(false) ?? throw NoTool(host)
            : await TryAsync(host, await host.Images.FindEtcdAsync(host, cancellationToken).ConfigureAwait(false), Places, cancellationToken).ConfigureAwait(false);

    private static async Task<RestoreTool?> FindInAsync(RestoreHost host, EtcdDeployment etcd, CancellationToken cancellationToken)
    {
        foreach (string place in Places)
        {
            if (!await ContainerFile.ExistsAsync(host.Engine, etcd.Id, place, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            if (!etcd.Running)
            {
                return await TryAsync(host, etcd.Image, [place], cancellationToken).ConfigureAwait(false);
            }

            // An etcd that ends again and again takes with it what runs in its container.
            return await AskInAsync(host, etcd, place, cancellationToken).ConfigureAwait(false)
                ?? await TryAsync(host, etcd.Image, Places, cancellationToken).ConfigureAwait(false);
        }

        return null;
    }

    private static async Task<RestoreTool?> AskInAsync(RestoreHost host, EtcdDeployment etcd, string place, CancellationToken cancellationToken)
    {
        try
        {
            ProgramResult help = await ContainerProgram.RunAsync(host.Engine, etcd.Id, Environment, Help(place), cancellationToken).ConfigureAwait(false);
            return help.ExitCode == 0 ? Read(place, help) : null;
        }
        catch (DockerUnavailableException error) when (error.Answered)
        {
            return null;
        }
    }

    private static async Task<RestoreTool> TryAsync(RestoreHost host, string image, IEnumerable<string> places, CancellationToken cancellationToken)
    {
        foreach (string place in places)
        {
            try
            {
                ProgramResult help = await host.RunToolAsync(image, Help(place), cancellationToken).ConfigureAwait(false);
                if (help.ExitCode == 0)
                {
                    return Read(place, help);
                }
            }
            catch (DockerUnavailableException error) when (error.Answered)
            {
                // There is no such program.
            }
        }

        throw NoTool(host);
    }

    private static string[] Help(string place) => [place, "snapshot", "restore", "--help"];

    private static RestoreTool Read(string place, ProgramResult help)
    {
        string text = help.Output + help.Error;
        return new RestoreTool(
            place,
            text.Contains("--bump-revision", StringComparison.Ordinal) && text.Contains("--mark-compacted", StringComparison.Ordinal),
            text.Contains("--skip-hash-check", StringComparison.Ordinal));
    }

    private static ImageMissingException NoTool(RestoreHost host) => new(host.Node, "its etcd image has neither etcdutl nor etcdctl");

    /// <summary>How far the revisions of a snapshot are raised to be beyond all that anybody can have seen, also of restores before this one.</summary>
    /// <param name="snapshot">The snapshot's revision.</param>
    /// <param name="current">The cluster's revision now; null when it does not tell.</param>
    /// <param name="restored">The revisions with which restores that the hosts remember began.</param>
    public static long BumpOver(long snapshot, long? current, IEnumerable<long> restored)
        => LeastBump + Math.Max(0, restored.Append(current ?? 0).Max() - snapshot);

    /// <summary>The command that makes the data of one member; a bump of 0 leaves the revisions as they are.</summary>
    public IReadOnlyList<string> Restore(string operation, string path, string member, string peerUrls, string initialCluster, string token, long bump) =>
    [
        Path, "snapshot", "restore", path,
        $"--name={member}",
        $"--initial-cluster={initialCluster}",
        $"--initial-cluster-token={token}",
        $"--initial-advertise-peer-urls={peerUrls}",
        $"--data-dir=/data/{RestoreScript.Folder}/{operation}/staged",
        .. SkipsHash ? new[] { "--skip-hash-check" } : [],
        .. bump > 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"--bump-revision={bump}"), "--mark-compacted" } : [],
    ];
}
