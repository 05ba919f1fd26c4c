using RkeEtcdPs.Engine.Docker;
using RkeEtcdPs.Engine.Snapshots;

namespace RkeEtcdPs.Engine.Recovery;

/// <summary>The program of the etcd image that makes data from a snapshot, and what it can do.</summary>
/// <param name="Path">Its path in the image.</param>
/// <param name="Bumps">Whether it can raise the revision and mark what was before as compacted.</param>
internal sealed record RestoreTool(string Path, bool Bumps)
{
    /// <summary>How far revisions are raised, so that no watcher takes an old one for a new one.</summary>
    public const long Bump = 1_000_000_000;

    private static readonly string[] Places = ["/usr/local/bin/etcdutl", "/usr/bin/etcdutl", "/usr/local/bin/etcdctl", "/usr/bin/etcdctl"];

    /// <summary>Finds it by trying: newer images have no shell, and the container may be gone.</summary>
    /// <exception cref="ImageMissingException">The image has none.</exception>
    public static async Task<RestoreTool> FindAsync(RestoreHost host, string image, CancellationToken cancellationToken)
    {
        foreach (string place in Places)
        {
            try
            {
                ProgramResult help = await host.RunToolAsync(image, [place, "snapshot", "restore", "--help"], cancellationToken).ConfigureAwait(false);
                if (help.ExitCode == 0)
                {
                    string text = help.Output + help.Error;
                    return new RestoreTool(place, text.Contains("--bump-revision", StringComparison.Ordinal) && text.Contains("--mark-compacted", StringComparison.Ordinal));
                }
            }
            catch (Hosts.DockerUnavailableException error) when (error.Answered)
            {
                // There is no such program.
            }
        }

        throw new ImageMissingException(host.Node, "its etcd image has neither etcdutl nor etcdctl");
    }

    /// <summary>The command that makes the data of one member.</summary>
    public IReadOnlyList<string> Restore(string operation, string snapshot, string member, string peerUrls, string initialCluster, string token, bool bump) =>
    [
        Path, "snapshot", "restore", $"{SnapshotFolder.Mounted}/{snapshot}",
        $"--name={member}",
        $"--initial-cluster={initialCluster}",
        $"--initial-cluster-token={token}",
        $"--initial-advertise-peer-urls={peerUrls}",
        $"--data-dir=/data/{RestoreScript.Folder}/{operation}/staged",
        .. bump ? new[] { $"--bump-revision={Bump}", "--mark-compacted" } : [],
    ];
}
